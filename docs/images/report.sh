#!/bin/sh
# Makes report.png: the page that touchstone verify writes, of Touchstone with a known mistake.
# Needs Chromium and pngquant. Run it in the root of the checkout: sh docs/images/report.sh
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
./touchstone verify --own --mutant rope-interleaved --bisect --report "$folder" >"$folder/log" || [ $? -eq 1 ]
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --user-data-dir="$folder/browser" --hide-scrollbars \
  --window-size=1080,1530 --screenshot="$folder/report.png" "file://$folder/report.html"
pngquant 48 --nofs --strip --force --output docs/images/report.png "$folder/report.png"
