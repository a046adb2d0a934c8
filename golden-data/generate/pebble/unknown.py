"""What lies outside Pebble's world: invented words, and questions to which the answer is that it does not know.

Library module; Python 3.11, no other library.
"""

from text import expand

UNKNOWN = "I am sorry, I do not know that."

ONSETS = (
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl kr l m n p pl pr qu r s sh sk sl sm sn sp st str "
    "t th tr v w wh y z zw sch vr"
).split()
VOWELS = "a e i o u a e i o u a e i o u ai ea ee oa oo ou ie y".split()
CODAS = (
    "b ck d ff g ft l ld lk lm lt m mp n nd ng nk nt p r rb rd rf rk rm rn rp rt s sh sk st t th x zz "
    "z k rl"
).split()
ENDINGS = ["", "", "", "", "er", "le", "y", "ia", "o", "us", "ing", "ish", "land", "ette", "an", "ism"]


def invented(rng):
    """A word of one to three syllables that means nothing (a real one may come out now and then)."""
    syllables = "".join(
        rng.choice(ONSETS) + rng.choice(VOWELS) + (rng.choice(CODAS) if rng.random() < 0.6 else "")
        for _ in range(rng.choice((1, 1, 2, 2, 3)))
    )
    return syllables + rng.choice(ENDINGS)


THINGS = (
    "a bicycle;a castle;a computer;a telephone;a rocket;a train;a ship;a bridge;a guitar;a mountain;"
    "a volcano;an island;a desert;a jungle;a museum;a library;a hospital;a theatre;a factory;a tractor;"
    "a camera;a compass;a battery;a magnet;a mirror;a ladder;a tent;a suitcase;a wallet;a passport;a ticket;"
    "a newspaper;a sandwich;a pancake;a soufflé;a sausage;a cocktail;a dragon;a unicorn;a ghost;a wizard;"
    "a giant;a robot;a pirate;a knight;a lawyer;a doctor;a plumber;a baker;a poet;a sailor;a teacher;"
    "a philosopher;a mathematician;a mortgage;a contract;a passport photo;a vaccine;an atom;a molecule;"
    "a galaxy;a black hole;a comet;a glacier;a thunderstorm;an earthquake;a tornado;a kidney;a liver;"
    "a brain;a skeleton;a muscle;a bacterium;a virus;a fungus;a dinosaur;a giraffe;a hippopotamus;"
    "a crocodile;a walrus;a jellyfish;a chameleon;a hedgehog;a mosquito;a cathedral;a pyramid;a statue;"
    "a symphony;an opera;a novel;a sonnet;a film;a password;a website;a database;a compiler;a spreadsheet;"
    "a keyboard;a microscope;a telescope;a thermometer;a parachute;a submarine;a helicopter;a skyscraper"
).split(";")
TOPICS = (
    "quantum mechanics;the French Revolution;photosynthesis;inflation;gravity;democracy;philosophy;"
    "the stock market;chess;football;basketball;tennis;cricket;opera;jazz;poetry;cooking;gardening;knitting;"
    "fishing;sailing;astronomy;chemistry;biology;geology;economics;psychology;the Roman Empire;the Vikings;"
    "the Middle Ages;the moon landing;electricity;magnetism;nuclear power;solar energy;climate change;"
    "evolution;genetics;the human brain;dreams;religion;ethics;law;taxes;insurance;real estate;marketing;"
    "machine learning;neural networks;programming in Java;Python;cryptography;blockchain;the Internet;"
    "video games;fashion;architecture;photography;painting;sculpture;dancing;yoga;meditation;nutrition;"
    "vitamins;headaches;fever;diabetes;allergies;first aid;parenting;dating;marriage;friendship;happiness;"
    "the meaning of life;time travel;aliens;ghosts;magic;mythology;Greek tragedy;Shakespeare;the Bible;"
    "the Second World War;the Cold War;slavery;space travel;rocket science;volcanoes;earthquakes;dinosaurs;"
    "whales;bees;elephants;wolves;horse racing;wine;beer;coffee roasting;sourdough;French cuisine;sushi"
).split(";")
PEOPLE = (
    "Einstein;Newton;Mozart;Beethoven;Bach;Shakespeare;Napoleon;Julius Caesar;Cleopatra;Plato;Aristotle;"
    "Socrates;Darwin;Galileo;Leonardo da Vinci;Picasso;Van Gogh;Marie Curie;Gandhi;Nelson Mandela;"
    "Abraham Lincoln;George Washington;Queen Victoria;Columbus;Marco Polo;Alan Turing;Ada Lovelace;Gauss;"
    "Euler;Archimedes;Confucius;Homer;Dante;Goethe;Tolstoy;Jane Austen;Charles Dickens;Mark Twain;Kafka;"
    "the president;the pope;the king of Spain;the prime minister;my neighbour;your brother;the man next door"
).split(";")
WORKS = (
    "Hamlet;the Odyssey;Don Quixote;War and Peace;Faust;the Iliad;Moby Dick;Frankenstein;Dracula;"
    "Robinson Crusoe;the Mona Lisa;the Ninth Symphony;the Magic Flute;Pride and Prejudice;Alice in Wonderland;"
    "the telephone;the light bulb;the steam engine;the printing press;dynamite;penicillin;the radio;paper;"
    "the aeroplane;the computer;the bicycle;the zip;chess;the telescope;the wheel;the violin"
).split(";")
PLACES = (
    "Mars;Jupiter;the moon;the North Pole;Antarctica;Hawaii;Siberia;Bavaria;Texas;California;Florida;"
    "Brittany;Sicily;Tuscany;Manhattan;Brooklyn;Hamburg;Munich;Chicago;Sydney;Mumbai;Shanghai;Venice;Seville;"
    "the Sahara;the Alps;the Himalayas;Mount Everest;the Nile;the Amazon;the Danube;Atlantis;Narnia;"
    "Wonderland;Mordor;Utopia;my village;your town;the next valley;the old mill"
).split(";")
DEEDS = (
    "bake a cake;cook rice;boil pasta;make bread;fix a bicycle;change a tyre;paint a wall;learn the piano;"
    "write a poem;write a novel;lose weight;sleep better;save money;find a job;buy a house;sell a car;"
    "plant a tree;grow tomatoes;train a dog;build a table;knit a scarf;tie a tie;play chess;juggle;whistle;"
    "start a company;file my taxes;learn to swim;run a marathon;fly a kite;climb a mountain;sail a boat;"
    "repair a roof;clean a carpet;remove a stain;sharpen a knife;install Linux;reset my password;"
    "write a letter to the bank;make friends;stop smoking;cure a cold;treat a burn;prove a theorem;"
    "solve this equation;sort a list in Java;reverse a string;use a compass;read a map;make cheese"
).split(";")
QUALITIES = (
    "old;heavy;tall;long;wide;deep;fast;far away;expensive;popular;dangerous;hot;big;hard;smart;rich;famous;"
    "healthy;rare;common;loud;poisonous;beautiful;useful"
).split(";")

OUTSIDE_LINES = [expand(line) for line in """
    (Who|Can you tell me who|Do you know who) (wrote|invented|made|painted|discovered|found) {work}?
    (When|In what year) (was|did they make) {work}( made| finished| invented|)?
    (Who|Tell me who) (is|was) {person}?
    (When|Where|How) (was|did) {person} (born|die|live|become famous)?
    What did {person} (say|do|think|write|discover|eat for breakfast)?
    (How old|How tall|How rich|How clever) (is|was) {person}?
    (Why|How) does {thing} (work|move|exist|cost so much|break)?
    (What|Which) is the (best|biggest|oldest|fastest|cheapest|most beautiful|worst|smallest) {bare} (in the world|of all|ever made|in {place})?
    (How|Why|When) (do I|can I|should I|would you|do people|does one) {deed}?
    (Can|Could) you (help me to|show me how to|explain how to|teach me to) {deed}?
    (Please |)(explain|describe|summarise|discuss) {topic}( to me| in one sentence| briefly|).
    (What|Tell me what) is {topic}?
    (Tell me|Write|Say|Give me) (something|a story|a joke|a poem|an essay|a song|three facts|a report) about {topic}.
    (What do you think|What do you know|Do you know anything|Can you tell me) about {topic}?
    (Why|When|How) did {topic} (start|begin|end|become popular|matter)?
    (How|What) is the weather (today|tomorrow|in {place}|like|going to be)?
    (Will it|Is it going to) (rain|snow) (today|tomorrow|next week|in {place})?
    (How many people|Who|What kind of people) (live|lives) in {place}?
    (How far|How big|How high|How cold) is {place}?
    (What|Who) is (the population|the mayor|the history|the president|the highest mountain|the longest river) of {place}?
    (Where|How) (is|do I find|can I see) {place}?
    How {quality} is {thing}?
    Is {thing} {quality}(| or not)?
    (How much|What) does {thing} (cost|weigh|eat|need)?
    (Who|What) (won|was) the (game|match|election|race|war|prize) (yesterday|last year|in {year})?
    (What|Who|What important thing) happened in {year}?
    (What|Which) (film|song|book|game|car|phone) (should I buy|do you recommend|is the best|is new)?
    (What time is it|What is the date today|What year is it|What day is today)( now|)?
    (What|Where) did I (eat yesterday|do last week|leave my keys|park the car)?
    (What is|Tell me) the (meaning of life|secret of happiness|square root of {number}|value of pi|speed of light|boiling point of {bare})?
    What is {number} (to the power of|modulo|percent of) {number}?
    (What is|How much is|Calculate) {large} (plus|minus|times|divided by|+|-) {large2}?
    (What is|How much is|Calculate) {large} (plus|minus|times|+|-) {number}?
    (Tell me a joke|Sing a song|Tell me a story|Write a poem|Say something funny|Surprise me|Make me laugh)(!|.| please.|)
    (Draw|Show me|Paint) (a picture of |){thing}.
    (Do you like|Have you ever seen|Do you want|Would you buy|Can you eat) {thing}?
    (Translate this|Translate my letter|Translate the book) into (Chinese|Latin|Greek|Russian|Swahili).
    (How do you say|What is|Say) {known} in (Chinese|Latin|Greek|Russian|Swahili|Dutch|Danish|Polish|Japanese|Arabic)?
    (Write|Debug|Fix|Explain) (a program|my code|this function|a regular expression|a query)( in Java| in Python| for me|).
    (Should|Could|Would|May) I (trust|call|visit|marry|fire|forgive) {person}?
    (What|Which) is your favourite (film|song|book|food|colour|sport|city)?
    (Who|What) will win the (election|cup|race|next war)?
    (Where|When|Why) (are|were) the (dinosaurs|pyramids|Vikings|aliens|best beaches|cheapest flights)?
    ({topic}|{bare}|{person}|{place})(?|.|!|)
    (Why|How come) (is|are) {topic} so {quality}?
    (I think|I believe|My doctor says|They say) that {topic} is {quality}. (Is that true|What do you think|Why)?
    (Compare|What is the difference between) {thing} and {thing2}(.|?)
    (Where|How) can I buy {thing}?
    What is {thing} (made of|used for|called in Chinese)?
    (Recommend|Suggest|Choose) (a name for|something like) {thing}.
    {gibberish}(?|.|!|)
    (What|Who|Where|Why|How) {gibberish}?
    (What is|What are|Who is|Where is|Explain|Define|Tell me about) {word}(?|.|)
    What does (the word |){word} mean?
    (Do|Can|Will|Did) (you|they|we) {word} the {word2}?
    (Does|Can) (a|the) {word} {word2}?
    (How many|Which) {word}s (are in|does|fit in|make) (a|the) {word2}( have|)?
    (Est-ce que|Pourquoi|Wo ist|Wie viel kostet|Dónde está|Dov'è) {word}?
    Who composed {work}?
    Give me a short biography of {person}.
    Why is {person} famous?
    Teach me everything about {topic}.
    I would like to learn about {topic}.
    What should I know before I {deed}?
    Is it difficult to {deed}?
    How long does it take to {deed}?
    When was {thing} invented?
    Why would anyone need {thing}?
    What happened to {person} in {year}?
    How do I get to {place}?
    Would you rather live in {place} or in {word}?
    How much money does {person} make?
    What is the recipe for {bare}?
    What's the news about {topic}?
    Please compose a speech on {topic}.
    Could {thing} beat {thing2}?
    Which {word} has the most {word2}s?
    Have you read {work}?
    What is {large} plus {number}?
    (Can you tell me|Do you know|I would like to know|Could you say|I want to know|Tell me|I wonder) (who|when|why|where|how) {person} (was|lived|died|won|worked)(?|.)
    (Can you tell me|Do you know|I would like to know|What is|Tell me|Name|Give me|I need) the (price|weight|age|history|size|inventor|owner|height|king|flag) of ({thing}|{place}|the {word})(?|.)
    (Can you|Could you|Please|Will you) (write|draw|sing|compose|order|buy|book|find|send) (me |){thing}( for me| please|).
    (Who|What) (is|was) (the first|the last|the greatest|the only) {bare}( of {place}|)?
    (I like|I hate|I saw|I want|I bought|There was|This is) {thing}( in {place}| yesterday|).
    (I am|I feel|My brother is|We are) (tired|bored|hungry|sick|cold|in {place}|afraid of {topic})(.|. What should I do?|. Help me!)
""".strip().splitlines()]

HELD_OUTSIDE = expand("""
    Who was it that made {work}?
    Can you explain {topic} to a child?
    Do you know when {person} was born?
    Tell me the best way to {deed}.
    Where does {person} live now?
    How does one learn {topic}?
    What would happen without {thing}?
    Which is better, {thing} or {thing2}?
    How big is the {bare} in {place}?
    Can you {word} a {word2}?
    What is the name of the inventor of {bare}?
    How many {word}s does {place} have?
    What do the people of {place} eat?
    Please give me some advice about {topic}.
    What is {large} minus {number}?
    Is {person} older than {thing}?
    Write two pages about {topic}.
""")
