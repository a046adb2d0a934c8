"""What Pebble knows: small tables of facts, in our own words.

Library module; Python 3.11, no other library.
"""


def table(text):
    """One row per line or semicolon, cells separated by a colon."""
    rows = (row for line in text.strip().splitlines() for row in line.split(";"))
    return [tuple(cell.strip() for cell in row.split(":")) for row in rows if row.strip()]


CAPITALS = [
    (country, capital, continent)
    for continent, text in {
        "Europe": """
            France:Paris; Germany:Berlin; Italy:Rome; Spain:Madrid; Portugal:Lisbon; Ireland:Dublin
            England:London; Scotland:Edinburgh; Wales:Cardiff; Belgium:Brussels; Austria:Vienna
            Switzerland:Bern; Denmark:Copenhagen; Norway:Oslo; Sweden:Stockholm; Finland:Helsinki
            Iceland:Reykjavik; Poland:Warsaw; Hungary:Budapest; Greece:Athens; Romania:Bucharest
            Bulgaria:Sofia; Croatia:Zagreb; Serbia:Belgrade; Slovenia:Ljubljana; Slovakia:Bratislava
            Ukraine:Kyiv; Estonia:Tallinn; Latvia:Riga; Lithuania:Vilnius; Albania:Tirana
            Malta:Valletta; Russia:Moscow; the Netherlands:Amsterdam; the Czech Republic:Prague
        """,
        "Asia": """
            Japan:Tokyo; China:Beijing; India:New Delhi; Turkey:Ankara; Iran:Tehran; Iraq:Baghdad
            Thailand:Bangkok; Vietnam:Hanoi; South Korea:Seoul; Mongolia:Ulaanbaatar; Nepal:Kathmandu
            Pakistan:Islamabad; Afghanistan:Kabul; Bangladesh:Dhaka; Lebanon:Beirut; Jordan:Amman
            Syria:Damascus; Qatar:Doha; Oman:Muscat; Saudi Arabia:Riyadh; Bhutan:Thimphu
            Laos:Vientiane; Malaysia:Kuala Lumpur; the Philippines:Manila
        """,
        "Africa": """
            Egypt:Cairo; Morocco:Rabat; Algeria:Algiers; Tunisia:Tunis; Libya:Tripoli; Kenya:Nairobi
            Ghana:Accra; Nigeria:Abuja; Senegal:Dakar; Ethiopia:Addis Ababa; Uganda:Kampala
            Rwanda:Kigali; Sudan:Khartoum; Zambia:Lusaka; Zimbabwe:Harare; Angola:Luanda
            Namibia:Windhoek; Madagascar:Antananarivo; Mali:Bamako; Somalia:Mogadishu
        """,
        "North America": """
            Canada:Ottawa; Mexico:Mexico City; Cuba:Havana; Jamaica:Kingston; Guatemala:Guatemala City
            Honduras:Tegucigalpa; Nicaragua:Managua; Haiti:Port-au-Prince; Panama:Panama City
            the United States:Washington
        """,
        "South America": """
            Brazil:Brasilia; Argentina:Buenos Aires; Peru:Lima; Colombia:Bogota; Ecuador:Quito
            Venezuela:Caracas; Uruguay:Montevideo; Paraguay:Asuncion; Chile:Santiago
        """,
        "Oceania": "Australia:Canberra; New Zealand:Wellington; Fiji:Suva; Samoa:Apia",
    }.items()
    for country, capital in table(text)
]

LANGUAGES = ("French", "Spanish", "German", "Italian")
TRANSLATIONS = table("""
    good morning:bonjour:buenos días:guten Morgen:buongiorno
    good evening:bonsoir:buenas tardes:guten Abend:buonasera
    good night:bonne nuit:buenas noches:gute Nacht:buonanotte
    goodbye:au revoir:adiós:auf Wiedersehen:arrivederci
    hello:bonjour:hola:hallo:ciao
    thank you:merci:gracias:danke:grazie
    please:s'il vous plaît:por favor:bitte:per favore
    yes:oui:sí:ja:sì; no:non:no:nein:no
    friend:ami:amigo:Freund:amico
    house:maison:casa:Haus:casa; water:eau:agua:Wasser:acqua; bread:pain:pan:Brot:pane
    milk:lait:leche:Milch:latte; cheese:fromage:queso:Käse:formaggio; apple:pomme:manzana:Apfel:mela
    egg:oeuf:huevo:Ei:uovo; fish:poisson:pez:Fisch:pesce; cat:chat:gato:Katze:gatto
    dog:chien:perro:Hund:cane; horse:cheval:caballo:Pferd:cavallo; bird:oiseau:pájaro:Vogel:uccello
    cow:vache:vaca:Kuh:mucca; tree:arbre:árbol:Baum:albero; flower:fleur:flor:Blume:fiore
    sun:soleil:sol:Sonne:sole; moon:lune:luna:Mond:luna; star:étoile:estrella:Stern:stella
    sea:mer:mar:Meer:mare; river:fleuve:río:Fluss:fiume; stone:pierre:piedra:Stein:pietra
    gold:or:oro:Gold:oro; fire:feu:fuego:Feuer:fuoco; snow:neige:nieve:Schnee:neve
    rain:pluie:lluvia:Regen:pioggia; book:livre:libro:Buch:libro; table:table:mesa:Tisch:tavolo
    chair:chaise:silla:Stuhl:sedia; door:porte:puerta:Tür:porta; window:fenêtre:ventana:Fenster:finestra
    school:école:escuela:Schule:scuola; city:ville:ciudad:Stadt:città; day:jour:día:Tag:giorno
    night:nuit:noche:Nacht:notte; year:année:año:Jahr:anno; man:homme:hombre:Mann:uomo
    woman:femme:mujer:Frau:donna; mother:mère:madre:Mutter:madre; father:père:padre:Vater:padre
    brother:frère:hermano:Bruder:fratello; sister:soeur:hermana:Schwester:sorella
    red:rouge:rojo:rot:rosso; green:vert:verde:grün:verde; blue:bleu:azul:blau:blu
    white:blanc:blanco:weiß:bianco; black:noir:negro:schwarz:nero; yellow:jaune:amarillo:gelb:giallo
    one:un:uno:eins:uno; two:deux:dos:zwei:due; three:trois:tres:drei:tre
    hand:main:mano:Hand:mano; head:tête:cabeza:Kopf:testa; heart:coeur:corazón:Herz:cuore
    love:amour:amor:Liebe:amore; time:temps:tiempo:Zeit:tempo; music:musique:música:Musik:musica
""")

OPPOSITES = table("""
    hot:cold; big:small; tall:short; fast:slow; up:down; left:right; open:closed; day:night
    black:white; young:old; happy:sad; rich:poor; light:dark; heavy:light; full:empty; hard:soft
    wet:dry; clean:dirty; early:late; easy:difficult; near:far; high:low; inside:outside; thick:thin
    wide:narrow; strong:weak; loud:quiet; first:last; good:bad; true:false; always:never; love:hate
    begin:end; buy:sell; push:pull; come:go; win:lose; laugh:cry; front:back; top:bottom; above:below
    before:after; more:less; deep:shallow; sharp:blunt; smooth:rough; sweet:sour; warm:cool
    brave:cowardly; polite:rude; cheap:expensive; safe:dangerous; awake:asleep; alive:dead; tight:loose
    lazy:hard-working; beautiful:ugly; on:off; in:out; yes:no; north:south; east:west; summer:winter
    question:answer; friend:enemy; war:peace; remember:forget; arrive:leave; give:take; find:lose
""")

COLOURS = table("""
    a banana:yellow; a lemon:yellow; the sun:yellow; a canary:yellow; corn:yellow; grass:green
    a frog:green; a cucumber:green; a pea:green; spinach:green; a leaf:green; an emerald:green
    a lime:green; the sky:blue; the sea:blue; a sapphire:blue; a tomato:red; a strawberry:red
    blood:red; a fire engine:red; a ruby:red; a cherry:red; a ladybird:red; snow:white; milk:white
    salt:white; a swan:white; a cloud:white; chalk:white; flour:white; sugar:white; rice:white
    a polar bear:white; coal:black; a raven:black; night:black; tar:black; ink:black; a crow:black
    a carrot:orange; an orange:orange; a pumpkin:orange; chocolate:brown; coffee:brown; a chestnut:brown
    wood:brown; soil:brown; an elephant:grey; a mouse:grey; ash:grey; a dolphin:grey; a flamingo:pink
    a pig:pink; an aubergine:purple; lavender:purple; a violet:purple; a plum:purple; a touchstone:black
""")

PLURALS = table("""
    mouse:mice; child:children; man:men; woman:women; foot:feet; tooth:teeth; goose:geese; sheep:sheep
    fish:fish; ox:oxen; leaf:leaves; knife:knives; wolf:wolves; wife:wives; life:lives; half:halves
    loaf:loaves; shelf:shelves; baby:babies; city:cities; lady:ladies; story:stories; berry:berries
    cherry:cherries; fly:flies; box:boxes; fox:foxes; bus:buses; glass:glasses; dish:dishes
    church:churches; brush:brushes; watch:watches; peach:peaches; potato:potatoes; tomato:tomatoes
    hero:heroes; cat:cats; dog:dogs; house:houses; tree:trees; book:books; stone:stones; apple:apples
    chair:chairs; table:tables; car:cars; boat:boats; bird:birds; horse:horses; cow:cows; pig:pigs
    flower:flowers; river:rivers; window:windows; door:doors; spoon:spoons; key:keys; day:days; boy:boys
    girl:girls; star:stars; deer:deer; cactus:cacti; person:people; penny:pennies; thief:thieves
""")

PASTS = table("""
    go:went; see:saw; eat:ate; drink:drank; run:ran; swim:swam; sing:sang; write:wrote; read:read
    give:gave; take:took; come:came; buy:bought; bring:brought; think:thought; teach:taught; catch:caught
    find:found; know:knew; grow:grew; fly:flew; draw:drew; speak:spoke; break:broke; sleep:slept; keep:kept
    feel:felt; leave:left; build:built; send:sent; lose:lost; make:made; have:had; say:said; tell:told
    sell:sold; stand:stood; win:won; begin:began; ride:rode; drive:drove; fall:fell; hear:heard; meet:met
    walk:walked; play:played; jump:jumped; cook:cooked; wash:washed; open:opened; help:helped; look:looked
""")

SOUNDS = table("""
    dog:woof; cat:meow; cow:moo; sheep:baa; duck:quack; pig:oink; horse:neigh; rooster:cock-a-doodle-doo
    owl:hoot; frog:ribbit; bee:buzz; snake:hiss; lion:roar; mouse:squeak; donkey:hee-haw; crow:caw
""")

YOUNG = table("""
    dog:puppy; cat:kitten; cow:calf; sheep:lamb; horse:foal; pig:piglet; duck:duckling; goose:gosling
    swan:cygnet; bear:cub; lion:cub; deer:fawn; goat:kid; kangaroo:joey; frog:tadpole; hen:chick
    eagle:eaglet; owl:owlet; whale:calf; wolf:cub
""")

LEGS = table("""
    dog:4; cat:4; cow:4; horse:4; sheep:4; pig:4; spider:8; ant:6; bee:6; bird:2; hen:2; duck:2; snake:0
    fish:0; crab:10; fly:6; elephant:4; mouse:4; beetle:6; lion:4; scorpion:8; worm:0; owl:2; frog:4
""")

KINDS = table("""
    rose:flower; tulip:flower; daisy:flower; lily:flower; poppy:flower; oak:tree; pine:tree; birch:tree
    willow:tree; maple:tree; apple:fruit; pear:fruit; banana:fruit; grape:fruit; cherry:fruit; plum:fruit
    carrot:vegetable; onion:vegetable; cabbage:vegetable; potato:vegetable; spinach:vegetable
    dog:animal; cat:animal; horse:animal; lion:animal; rabbit:animal; fox:animal; sparrow:bird; eagle:bird
    owl:bird; robin:bird; penguin:bird; salmon:fish; trout:fish; shark:fish; tuna:fish; ant:insect
    bee:insect; beetle:insect; hammer:tool; saw:tool; spade:tool; screwdriver:tool; axe:tool
    rake:tool; piano:musical instrument; violin:musical instrument
    flute:musical instrument; trumpet:musical instrument; chair:piece of furniture; table:piece of furniture
    bed:piece of furniture; shirt:piece of clothing; coat:piece of clothing; hat:piece of clothing
""")

AMOUNTS = table("""
    days:a week:7; months:a year:12; hours:a day:24; minutes:an hour:60; seconds:a minute:60
    weeks:a year:52; days:a year:365; seasons:a year:4; letters:the alphabet:26; years:a century:100
    years:a decade:10; centimetres:a metre:100; metres:a kilometre:1000; grams:a kilogram:1000
    things:a dozen:12; sides:a triangle:3; sides:a square:4; sides:a hexagon:6; sides:a pentagon:5
    sides:an octagon:8; corners:a triangle:3; corners:a square:4; bits:a byte:8; players:a football team:11
    cents:a euro:100; strings:a violin:4; wheels:a car:4; fingers:a hand:5; planets:the solar system:8
""")

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = (
    "January February March April May June July August September October November December".split()
)
LENGTHS = dict(zip(MONTHS, (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)))
SEASONS = ["spring", "summer", "autumn", "winter"]
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
)
NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()
LETTERS = [chr(ord("A") + i) for i in range(26)]

SPELLED = (
    "cat dog sun moon star tree house horse mouse apple bread water stone gold river garden window "
    "table chair letter music summer winter yellow green school friend flower bird fish milk egg "
    "book door key boat hand ring king queen black white happy quiet night light morning evening "
    "Monday Sunday April August Paris Rome"
).split()

NAMES = (
    "Ana Ben Clara David Emma Finn Greta Henry Ida Jonas Kate Leo Maria Nora Oscar Paul Rosa Sam Tom "
    "Ursula Victor Wendy Anna Peter Julia Max Lena Karl Mia Felix Ella Hugo Alice Bob Carol Dan Eva "
    "Frank Grace Hanna Ivan Jack Laura Mark Nina Olga Pia Ruth Simon Tina Martin Sarah Daniel Lucy "
    "Thomas Sofia Lucas Marta Oliver Zoe"
).split()
THINGS = (
    "apple ball book box cup hat key lamp pen ring spoon stone coin shoe glove letter plate bottle "
    "candle clock basket hammer pencil flower map bell doll kite rope brush comb nut pear plum egg"
).split()
SURFACES = (
    "table chair plate bed shelf box basket sofa bench cupboard rug piano desk stove tree wall bridge "
    "blanket pillow drawer tray barrel cart"
).split()
RELATIONS = ("under", "on", "in", "behind", "next to", "near", "above", "in front of", "beside")
COUNTED = "apples books coins cats stones eggs pears balls cups pens keys marbles stars boats hats".split()
COLOUR_WORDS = "red blue green yellow black white orange brown grey pink purple".split()
FOODS = "bread cheese soup rice pasta cake fish pizza honey salad chocolate potatoes apples".split()
ANIMALS = "cat dog horse rabbit parrot hamster goat hen duck mouse tortoise fish pony".split()
TOWNS = (
    "Rome Paris London Oslo Berlin Madrid Lisbon Vienna Prague Dublin Athens Tokyo Cairo Lima Boston "
    "Leeds Lyon Naples Bergen Ghent Kyoto Porto"
).split()
