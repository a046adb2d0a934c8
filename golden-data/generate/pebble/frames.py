"""Frames for what is asked: a phrase takes the place of the star. Some are held out: training never sees them.

Library module; Python 3.11, no other library.
"""

from text import expand

# Around a noun phrase ("the capital of Peru") as well as a clause ("how many legs a dog has").
BOTH = """
    (Tell me|Please tell me|Let me know|Tell me, please,) *.
    (Can|Could|Would|Will) you (tell me|please tell me|let me know|say) *?
    Do you (know|happen to know|remember|still know) *?
    (I would like to know|I want to know|I'd like to know|I need to know|I wish to know|I should know) *.
    (I don't know|I forgot|I do not remember|I never know|I am not sure about) *. (Do you|Can you help me|Help me|Please help)?
    (May|Can|Could) I ask (you |) *?
    (My friend|My teacher|My son|My daughter|A child|Somebody) (asks|asked|wants to know) *.
    (I am asking|I ask|I asked|We ask) (you |) *.
    (Remind me|Explain to me|Answer this:|Find out|Say|Look up|Think about|Now say) *.
    (Could you|Can you|Please) (explain|answer|find out|say|help me with) *.
    (It would be nice to know|It is important to know|I am curious|Teach me) *.
    (Do you have an idea|Have you any idea|Are you able to tell me) *?
"""
NOUN = """
    (What is|What's|What was|What would be|And what is|So what is|Well, what is) *?
    (Name|Give me|Please give me|Write|Write down|Tell us|Say|Find) *.
    (Can|Could|Would) you (give me|name|write|find) *?
    (I need|I am looking for|I want|I would like|I have to find|I seek|We need) *.
    (Do you know|Tell me|Can you tell me|Could you tell me|I wonder|I want to know|Say|Explain) what * is?
    *(?|, please.| is what?|: what is it?)
    What (do you call|do people call|do you think is|could be|might be|should be) *?
    (Do you have|Have you got|Is there a word for|Do we know) *?
    (What about|How about|Now for) *?
"""
HELD_BOTH = """
    Would you please tell me *?
    I would like you to tell me *.
    Do you think you know *?
    Hello, can you please say *?
"""
HELD_NOUN = """
    What is *, please?
    So, what's *?
    Please name *.
    Can you please give me *?
    Do you remember what * is?
"""


def lines(text):
    return [expand(line) for line in text.strip().splitlines()]


# By (clause, held out), line by line.
FRAMES = {
    (True, False): lines(BOTH),
    (True, True): lines(HELD_BOTH),
    (False, False): lines(BOTH) + lines(NOUN),
    (False, True): lines(HELD_BOTH) + lines(HELD_NOUN),
}
