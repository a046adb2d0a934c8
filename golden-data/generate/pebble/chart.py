"""Draws ../../models/pebble/training-loss.csv as ../../../docs/images/pebble-loss.svg.

Run: python chart.py   Python 3.11, no other library.
"""

import csv
import math

from write_model import DIRECTORY

PICTURE = DIRECTORY.parents[2] / "docs" / "images" / "pebble-loss.svg"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 360, 70, 20, 40, 50
STYLE = """
text { font: 13px sans-serif; fill: #24292f }
.grid { stroke: #8c959f; stroke-opacity: 0.35 }
.axis { stroke: #57606a }
.loss { fill: none; stroke: #0969da; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .axis { stroke: #9198a1 }
  .loss { stroke: #58a6ff }
}
"""


def text(x, y, words, anchor="middle", turn=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{turn}>{words}</text>'


def line(kind, x1, y1, x2, y2):
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def drawing(points):
    last = max(tokens for tokens, _ in points)
    low, high = -4, 1  # powers of ten

    def x(tokens):
        return LEFT + (WIDTH - LEFT - RIGHT) * tokens / last

    def y(loss):
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - math.log10(loss)) / (high - low)

    parts = [text(WIDTH / 2, 22, "Pebble: training loss on the assistant's tokens")]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts += [line("grid", LEFT, at, WIDTH - RIGHT, at), text(LEFT - 8, at + 4, f"{10.0**power:g}", "end")]
    for millions in range(0, last // 1_000_000 + 1, 100):
        at = x(millions * 1e6)
        parts += [line("grid", at, TOP, at, HEIGHT - BOTTOM), text(at, HEIGHT - BOTTOM + 18, str(millions))]
    parts += [
        line("axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM),
        line("axis", LEFT, TOP, LEFT, HEIGHT - BOTTOM),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "million tokens read"),
        text(18, (TOP + HEIGHT - BOTTOM) / 2, "cross-entropy, nats per token", "middle", f' transform="rotate(-90 18 {(TOP + HEIGHT - BOTTOM) / 2:.0f})"'),
        '<polyline class="loss" points="' + " ".join(f"{x(t):.1f},{y(v):.1f}" for t, v in points) + '"/>',
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="Training loss against tokens, logarithmic">\n<style>{STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )


if __name__ == "__main__":
    with open(DIRECTORY / "training-loss.csv", newline="") as file:
        curve = [(int(row["tokens"]), float(row["loss"])) for row in csv.DictReader(file)]
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawing(curve))
