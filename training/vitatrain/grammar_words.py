"""Words for things and colours, polite filler, and words of which the world model knows nothing."""

# singular/plural pairs; the pseudo classes speak of several attributes at once
THINGS = {
    "conifer": "pine/pines|pine tree/pine trees|fir/firs|fir tree/fir trees|spruce/spruces|conifer/conifers|"
               "evergreen/evergreens|cedar/cedars|larch/larches|christmas tree/christmas trees|redwood/redwoods|"
               "sequoia/sequoias|spruce tree/spruce trees|evergreen tree/evergreen trees|cypress/cypresses|juniper/junipers",
    "broadleaf": "oak/oaks|oak tree/oak trees|birch/birches|maple/maples|beech/beeches|broadleaf tree/broadleaf trees|"
                 "deciduous tree/deciduous trees|willow/willows|birch tree/birch trees|maple tree/maple trees|aspen/aspens|"
                 "poplar/poplars|leafy tree/leafy trees|elm/elms|apple tree/apple trees|linden/lindens|"
                 "fruit tree/fruit trees|chestnut tree/chestnut trees|blossoming tree/blossoming trees",
    "palm": "palm/palms|palm tree/palm trees|coconut palm/coconut palms|coconut tree/coconut trees|palmtree/palmtrees|"
            "date palm/date palms|tropical tree/tropical trees",
    "cactus": "cactus/cacti|cactus/cactuses|saguaro/saguaros|cactus plant/cactus plants|succulent/succulents|agave/agaves",
    "rock": "rock/rocks|boulder/boulders|stone/stones|rock formation/rock formations|huge boulder/huge boulders|"
            "rock/rocks|standing stone/standing stones|monolith/monoliths|big rock/big rocks",
    "crystal": "crystal/crystals|giant crystal/giant crystals|gem/gems|gemstone/gemstones|quartz crystal/quartz crystals|"
               "crystal shard/crystal shards|crystal/crystals|crystal spike/crystal spikes|glowing crystal/glowing crystals",
    "house": "house/houses|village/villages|hut/huts|cottage/cottages|cabin/cabins|hamlet/hamlets|town/towns|"
             "settlement/settlements|home/homes|farmhouse/farmhouses|chalet/chalets|fishing village/fishing villages|"
             "little house/little houses|farm/farms|lodge/lodges|barn/barns|"
             "log cabin/log cabins|dwelling/dwellings|wooden house/wooden houses|stone house/stone houses|shack/shacks",
    "tower": "tower/towers|lighthouse/lighthouses|watchtower/watchtowers|spire/spires|stone tower/stone towers|"
             "tall tower/tall towers|watch tower/watch towers|light house/light houses|turret/turrets|wizard tower/wizard towers",
    "trees": "tree/trees|tree/trees|tall tree/tall trees|grove of trees/groves of trees|big tree/big trees",
    "buildings": "building/buildings",
    "plants": "plant/plants|vegetation/vegetation|greenery/greenery",
}
EFFECTS = {  # what a pseudo class sets when it is there and when it is not
    "trees": (["conifer", "broadleaf"], ["conifer", "broadleaf", "palm"]),
    "buildings": (["house"], ["house", "tower"]),
    "plants": (["conifer", "broadleaf"], ["conifer", "broadleaf", "palm", "cactus"]),
}
THING_ADJECTIVES = {
    "conifer": "*pine *covered|*pine *forested|*evergreen|*pine *clad|*coniferous|*piney",
    "broadleaf": "*leafy|*oak *covered|*deciduous",
    "palm": "*palm *fringed|*palm *lined|*tropical|*palmy|*palm *covered|*tropical",
    "cactus": "*cactus *filled|*cactus *covered|*cactus *studded",
    "rock": "*rocky|*stony|*boulder *strewn|*rock *strewn|*rocky|*bouldery|*rock *covered",
    "crystal": "*crystalline|*crystal|*crystal *studded|*crystal *filled|*gem *studded",
    "house": "*inhabited|*populated|*village|*urban",
    "tower": "*tower *studded|*towered",
    "trees": "*wooded|*forested|*tree *covered|*tree *lined|*woody|*tree *filled",
    "plants": "*vegetated",
}
NONE_ADJECTIVES = {
    "trees": "*treeless|*tree *free|*deforested|*treeless",
    "house": "*uninhabited|*houseless|*unpopulated|*uninhabited|*deserted",
    "rock": "*rockless|*stoneless",
    "plants": "*plantless",
}

COLOURS = {
    "red": "red|red|crimson|scarlet|ruby|blood red|vermilion|reddish|rust red|cherry red|maroon",
    "orange": "orange|orange|amber|tangerine|pumpkin orange|apricot|coral|rusty",
    "yellow": "yellow|yellow|golden|gold|lemon|yellowish|mustard|golden yellow|blonde",
    "green": "green|green|emerald|lime|olive|greenish|mint|lime green|emerald green|jade|verdant",
    "teal": "teal|turquoise|cyan|aqua|aquamarine|turquoise|blue green",
    "blue": "blue|blue|azure|sapphire|navy|cobalt|bluish|sky blue|navy blue|ultramarine|cerulean",
    "purple": "purple|purple|violet|lavender|lilac|mauve|purplish|plum|indigo|amethyst",
    "pink": "pink|pink|rose|magenta|fuchsia|pinkish|salmon|rosy|rose coloured",
    "white": "white|white|ivory|chalk white|snow white|milky|whitish|chalky|alabaster",
    "grey": "grey|gray|silver|ashen|slate|greyish|grayish|silvery|slate grey|ash grey|silver gray",
    "black": "black|black|ebony|jet black|pitch black|inky|coal black|obsidian|blackened|charcoal",
    "brown": "brown|brown|chocolate|brownish|tan|sepia|hazel|umber|chestnut brown|beige|coffee brown",
}
SHADES = "dark|deep|pale|bright|light|vivid|neon|pastel|soft|glowing|brilliant|strange|intense|electric"

OPENERS = (
    "please make me a video of|a video of|show me|i want to see|i want|i would like to see|could you make|can you show me|"
    "please generate|generate|create|make|render|a film of|imagine|picture|draw me|give me|take me to|let me see|"
    "let us go to|a view of|a picture of|an image of|a shot of|an aerial shot of|drone footage of|a wide shot of|"
    "a cinematic shot of|beautiful footage of|an aerial view of|please show|can i have|how about|what about|"
    "i dream of|we are in|i am standing in|walking through|flying over|a walk through|a flight over|looking at|"
    "looking out over|somewhere in|in|deep in|above|high above|travelling through|driving through|hiking in|this is|"
    "here is|we fly over|we walk through|make a video about|a clip of|a scene with|scene of|visualize|explore|"
    "a world of|a land of|video of|footage of|hi please make|hello i would like|a trip to|render me|the camera flies over")
HELD_OUT_OPENERS = ("would you be so kind as to show us|a postcard from|what would it look like in|a painting like view of|"
                    "let there be|my next holiday is in|the opening scene of a film in|we wander through")
CLOSERS = ("please|4k|cinematic|in high quality|hd|8k|highly detailed|very realistic|thank you|thanks|beautiful|stunning|"
           "in 4k|ultra hd|wide angle|epic|photorealistic|high resolution|masterpiece|as a video|for me|slowly|"
           "with beautiful light|very beautiful|amazing|aerial view|drone shot|award winning|hdr|best quality|"
           "and nothing else|trending|with a moving camera|full of atmosphere|a wide shot|smooth camera|60 fps|now|"
           "as far as the eye can see|all around|in the distance|in the background|from above|seen from the air|"
           "in real time|long shot|cinematic lighting|detailed|high definition|under the open sky|under a big sky|in summer|in the summer|under a wide sky|on a summer day|720p|1080p|in the foreground|on the horizon")
PRAISE = ("beautiful|stunning|epic|peaceful|quiet|serene|calm|majestic|vast|breathtaking|lovely|amazing|wonderful|gorgeous|"
          "huge|endless|wide|big|large|little|small|scenic|picturesque|dreamy|wild|remote|nice|great|pretty|cool|cosy|"
          "impressive|incredible|fantastic|glorious|tranquil|still|silent|perfect|idyllic|magnificent|cinematic|"
          "atmospheric|realistic|distant|faraway|tall|high|giant|tiny|long|warm|cold|fresh|grand|sweeping|spectacular|"
          "charming|enormous|hot|hot|summer|warm summer|summery|sunbaked|northern|southern|very|really|quite|rather|somewhat|extremely|slightly|natural|detailed|immense|sleepy|moody")
JOINERS = "and|with|,|, and|, with|in|plus|also|then|,|,|where there is|featuring|including|together with|but|or|as well as"
FILLERS = ("a|an|the|of|in|on|at|to|is|are|it|there|this|that|these|some|my|your|our|its|his|her|their|we|you|i|me|us|be|"
           "was|were|been|has|have|had|do|does|will|would|can|could|should|must|may|so|very|just|only|really|too|also|like|"
           "as|from|into|over|under|by|for|with|and|or|but|not|no|up|down|out|around|near|far|here|where|when|while|which|"
           "who|what|how|all|every|each|more|most|much|any|other|such|own|same|than|then|now|through|between|behind|"
           "against|towards|across|along|beyond|below|above|one|two|three|everywhere|something|thing|things|kind|sort|"
           "bit|lot|make|show|see|look|looks|looking|please|video|picture|image|scene|view|shot|camera|want|need|get|go|"
           "going|come|coming|let|put|add|turn|change|keep|give|take|s|t|m|don't|it's|i'd|i'm|let's|that's|there's|scenery|"
           "landscape|world|place|land|full|part|side|middle|end|top|edge|back|front|left|right|day|time|moment|way|light|"
           "air|ground|sky|horizon|background|foreground|distance|summer|summery|colour|color|colours|colors|coloured|colored|tall|style")

UNKNOWN_NOUNS = (
    "dragon castle spaceship car people man woman child boy girl dog cat horse unicorn robot knight wizard princess king "
    "queen zombie vampire ghost monster alien ufo rocket airplane plane helicopter train bus truck motorcycle bicycle bike "
    "boat ship submarine yacht canoe ferry sailboat pirate mermaid dinosaur tiger lion elephant giraffe zebra monkey gorilla "
    "bear wolf fox deer moose rabbit squirrel mouse rat snake lizard frog turtle crocodile shark whale dolphin fish octopus "
    "jellyfish crab lobster bird eagle hawk owl crow raven parrot penguin flamingo swan duck goose chicken rooster pig cow "
    "sheep goat camel llama donkey kangaroo koala panda insect butterfly bee ant spider scorpion dancer singer guitar piano "
    "violin drum trumpet band concert party wedding birthday balloon cake pizza burger sushi coffee tea beer wine bread "
    "cheese apple banana strawberry cherry lemonade chocolatecake table chair sofa bed lamp mirror window door kitchen "
    "bathroom bedroom office school hospital church temple cathedral mosque pyramid sphinx statue bridge tunnel road street "
    "highway railway station airport harbour skyscraper city metropolis suburb factory mall market shop restaurant bar "
    "stadium football basketball tennis soccer player athlete racer gladiator soldier army tank gun sword shield cannon "
    "battle war explosion bomb missile laser portal magic spell potion witch demon angel god goddess fairy elf dwarf goblin "
    "orc troll giantess hobbit vader batman superman spiderman pokemon pikachu mario zelda minecraft lego barbie shrek "
    "einstein napoleon cleopatra elvis madonna tesla ferrari porsche mercedes toyota volkswagen "
    "computer laptop phone smartphone keyboard screen television movie book newspaper letter pencil camerawoman painting "
    "sculpture museum theatre clown circus acrobat magician juggler astronaut moonbase satellite asteroid comet galaxy "
    "nebula blackhole jupiter saturn mars venus earthrise robotarm android cyborg drone machine engine gear clock watch "
    "bottle glass cup plate fork knife spoon pot pan oven fridge soap towel shirt dress hat shoe boot glove scarf jacket "
    "coat jewel necklace ring crown throne treasure gold coin money bank thief police detective lawyer doctor nurse teacher "
    "student professor scientist engineer carpenter farmer fisherman hunter sailor captain pilot driver cowboy samurai ninja "
    "viking roman egyptian chinese japanese german french italian african american london paris tokyo berlin rome newyork "
    "moscow hamburg madrid vienna amsterdam venice waterfall windmill ruin ruins temple tent campfire fence gate wall "
    "staircase ladder rope chain anchor flag tombstone grave cemetery skeleton skull bone heart brain eye face hand finger "
    "smile tear dream nightmare memory love hate war peace freedom justice democracy economy inflation tax law politics "
    "algorithm database function variable kernel compiler physics chemistry mathematics equation triangle square circle cube "
    "sphere rainbow aurora tornado hurricane earthquake tsunami avalanche meteor fireworks firefly candle lantern torch "
    "music song melody poem story legend myth prophecy riddle puzzle game chess dice card toy doll teddy kite swing slide "
    "playground garden park zoo aquarium greenhouse vineyard orchard barnyard tractor plough harvester mill dam canal pier "
    "dock container crane elevator escalator corridor basement attic roof chimney balcony terrace fountain pool jacuzzi sauna "
    "gym yoga surfer skier snowboarder skateboarder climber hiker runner swimmer diver boxer wrestler referee coach fan "
    "audience crowd family mother father sister brother uncle aunt grandmother grandfather baby twins neighbour friend enemy "
    "stranger tourist refugee prisoner judge president minister bishop monk nun pope rabbi philosopher poet writer journalist "
    "photographer painter actor actress model celebrity influencer hacker gamer nerd zeppelin glider parachute jetpack "
    "hoverboard segway scooter tram subway taxi limousine ambulance firetruck bulldozer excavator umbrella suitcase backpack "
    "basket barrel crate box bag purse wallet key lock hammer saw drill screwdriver wrench nail screw paint brush canvas "
    "mushroom fungus fern moss ivy vine thorn seed fruit vegetable potato tomato carrot onion garlic pepper salt sugar honey "
    "butter milk egg meat steak sausage ham bacon soup salad sandwich noodle rice pasta cookie candy icecream").split()
UNKNOWN_ADJECTIVES = (
    "ancient abandoned futuristic magical haunted alien cyberpunk steampunk medieval victorian gothic mystical enchanted "
    "cursed sacred royal evil holy angry happy sad funny scary creepy surreal abstract psychedelic underwater floating flying "
    "burning ruined broken metallic plastic robotic mechanical electronic digital holographic "
    "invisible transparent radioactive toxic poisonous sweet salty spicy delicious hungry thirsty sleepy armed "
    "dangerous famous rich poor young old modern vintage retro baroque romantic political religious mathematical "
    "watercolour watercolor anime cartoon manga pixelart impressionist cubist minimalistic vangogh monet picasso ghibli "
    "disney pixar oilpainting sketched papercut claymation voxel lowpoly isometric monochrome blurry "
    "spinning exploding melting singing dancing fighting laughing crying sleeping running jumping swimming eating drinking "
    "reading writing cooking shopping working talking kissing hunting dying talking galactic interstellar prehistoric "
    "jurassic egyptian roman greek chinese japanese indian mexican russian nordic celtic viking apocalyptic dystopian utopian "
    "industrial military nuclear electric solar magnetic quantum furry fluffy hairy slimy sticky bouncy rubbery elastic").split()
# Known forms lie close to these; they are here so that the encoder tells them apart.
CONFUSABLES = (
    "degrees degree agree disagree three freeze free breeze roads roadside snowden forestry towel lowland highway "
    "rocket pocket socket locker rockstar stonewall bricks towel powerful treat treaty street threat tread "
    "palmistry calm napalm psalm mine line wine pint paint saint point cabinet cable cabbage hotel hotdog hatch "
    "villain vanilla mouse moose horse hose nose course source snowman snowboard snowball skeleton rainbow raincoat "
    "drain brain train grain strain explain foghorn frog dog flog forge forget forecast foreign former format rest "
    "woodpecker foot food wool would dessert deserter insert concert concern desk disk dawdle down drawn lawn pawn "
    "yawn spawn dock duck busk husk musk task knight might fight right sight tight eight weight freight delight "
    "midwife midfield mid noun spoon soon noodle none lunch launch lurch church search chill grill drill thrill "
    "pill will mill skill ill iceland ireland finland holland poland england scotland switzerland aisle cannon "
    "canon canteen candle canvas gore gorgon george gordon lavatory larva lavish volcanologist volleyball crate "
    "create creator mater matter data dated lacquer late lace lady ladder motion notion potion seal sealion seat "
    "beard bear beast beat leach teach reach coach coat toast roast boast bride bridge fridge driver diver rivet "
    "rival liver arrival bleach blackboard blackmail greenhouse greenpeace grease greed great greek redbull bread "
    "bred read blues bluetooth pinkpanther pinky ping whiteboard whitehouse write brownie clown crown drown frown "
    "column sprint springboard printer string sting bring winner winder window windmill interview submit cry "
    "crispbread crispy crypto christ christmas mystery mystic musty thirsty cactusjack caution capital capsule "
    "flask flash flag flatmate float plate slate clean clearance clerk could crowd proud aloud shroud stormtrooper "
    "store story start stare sleep sheep keep deer peel wheel heel steel fire fired shirt girl oakley oatmeal soak "
    "cloak broke spice space brochure palmtop lamp pump hazard laser lazy crazy maze amaze jazz hare haste denser "
    "dancer tense sense lunar brush crush rush mush push bush").split()
SYLLABLES = ("ba be bi bo bu ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re ri ro ru sa se si so su ta te "
             "ti to tu va ve vi vo za ze zi zo zu xa xi qu gra bri fro dru ple cla sto thra wer ing ent ous ish ack orp umf "
             "yl ox ax iz eth ang onk irp usk olm").split()
FOREIGN = "über schloss drache königin château élève niño перец город дракон 城 龙 猫 ドラゴン αθήνα øre żółw 🐉 ñandú".split()
