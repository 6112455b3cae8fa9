"""How people say each attribute.

A form is a short text; `*word` speaks of the entry that the form belongs to, `word@name` of another one (for
instance `few@density`), every other word is filler. `~name` at the end of a form adds an attribute that the form
implies: `~season.winter`, `~water+`, `~things.palm+`; an explicit statement elsewhere in the caption wins over it.
Forms are separated by `|`. Slots: adj (before the head noun), post (after it), bare (on its own, in lists and as
"… over the head noun"), sent (a whole clause).
"""

# Head nouns. p: plural, c: countable, m: mass or name.
HEADS = {
    "biome.mountains": "p:*mountains|p:*mountains|p:*peaks|p:*mountain *peaks|c:*mountain *range|c:*mountain|p:*alps|"
                       "p:*summits|c:*mountainscape|p:*highlands|c:*sierra|p:*ridges|c:*massif|p:*crags ~relief+|"
                       "p:*pinnacles|c:*mountain *pass|p:*himalayas|p:*mountaintops|c:*mountainside|p:*rockies|p:*andes|"
                       "c:*summit|c:*peak|c:*ridge|p:*fjords ~water+|c:*fjord ~water+|p:*mountain *ranges",
    "biome.desert": "c:*desert|c:*desert|p:*dunes|p:*sand *dunes|c:*sahara|c:*sea of *dunes|p:*deserts|c:*gobi|"
                    "c:*oasis ~water+ things.palm+|m:*sand and *dunes|c:*dune|m:*sand|p:*sands|c:*sand *desert|"
                    "c:*desert *wasteland|c:*dune *field|c:*outback|c:*sandscape|p:endless *sands",
    "biome.hills": "p:*hills|p:*hills|p:*rolling *hills|p:*hills and *meadows|p:*meadows|c:*meadow|m:*countryside|"
                   "p:*grasslands ~relief-|c:*hillside|p:*pastures|m:*moorland|p:*downs|p:*hillocks|p:*knolls|c:*moor|"
                   "p:*plains ~relief-|c:*prairie ~relief-|c:*steppe ~relief-|m:*farmland|p:*foothills|c:*heath|p:*moors|"
                   "p:*fields|c:*grassland ~relief-|c:*hill|p:*hilltops|c:*pasture|p:*prairies ~relief-|c:*savanna ~relief-",
    "biome.tundra": "c:*tundra|c:*tundra|c:*arctic *landscape|c:*glacier|p:*glaciers|c:*arctic|m:*permafrost|"
                    "c:*frozen *wasteland ~season.winter|c:*icescape|c:*ice *field|p:*ice *fields|c:*polar *landscape|"
                    "m:*antarctica|m:*siberia|c:*frozen *plain ~relief-|c:*ice *sheet|c:*icefield|m:*lapland|m:*greenland|"
                    "c:*arctic *wilderness|c:*polar *desert|c:*icy *wasteland ~season.winter|p:*icebergs ~water+",
    "biome.volcano": "c:*volcano|c:*volcano|p:*volcanoes|c:*lava *field|p:*lava *fields|c:*volcanic *landscape|c:*crater|"
                     "c:*caldera|p:*volcanos|c:*erupting *volcano|c:*land of *lava|m:*lava|p:*lava *flows|"
                     "c:*volcanic *wasteland|m:*magma|p:*craters|c:*eruption|p:*volcanic *plains ~relief-|c:*lava *lake|"
                     "c:*smoking *volcano|p:*rivers of *lava|m:*molten *rock@biome.volcano",
    "biome.canyon": "c:*canyon|c:*canyon|p:*canyons|c:*gorge|p:*gorges|c:*ravine|p:*mesas|c:*mesa|p:*badlands|p:*buttes|"
                    "c:*grand *canyon|c:*chasm|c:*slot *canyon|c:*red@colour_ground.red *rock@biome.canyon *canyon "
                    "~colour_ground.red|c:*arroyo|"
                    "p:*ravines|c:*gulch|c:*canyonland|p:*canyonlands|p:*hoodoos|c:*butte",
    "biome.forest": "c:*forest|c:*forest|p:*woods|p:*woods|p:*forests|c:*woodland|p:*woodlands|c:*grove|"
                    "c:*jungle ~things.palm+ density+|c:*rainforest ~density+|c:*pine@things.conifer *forest ~things.conifer+|"
                    "c:*birch@things.broadleaf *forest ~things.broadleaf+|c:*taiga ~things.conifer+|c:*thicket ~density+|"
                    "c:*oak@things.broadleaf *wood ~things.broadleaf+|c:*fir@things.conifer *forest ~things.conifer+|"
                    "p:*pine@things.conifer *woods ~things.conifer+|c:*wood|c:*copse|c:*jungles ~things.palm+ density+|"
                    "c:*beech@things.broadleaf *forest ~things.broadleaf+|c:*spruce@things.conifer *forest ~things.conifer+|"
                    "c:*conifer@things.conifer *forest ~things.conifer+|c:*evergreen@things.conifer *forest ~things.conifer+",
    "biome.islands": "p:*islands|p:*islands|c:*island|c:*archipelago|p:*isles|c:*chain of *islands|p:*islets|c:*isle|"
                     "p:*tropical@things.palm *islands ~things.palm+|c:*atoll ~water+|c:*lagoon ~water+|p:*atolls ~water+|"
                     "c:*desert *island|p:*caribbean *islands ~things.palm+|c:*tropical@things.palm *island ~things.palm+|"
                     "c:*islet|c:*group of *islands|p:*maldives ~things.palm+|p:*skerries|c:*tropical@things.palm "
                     "*archipelago ~things.palm+",
}
# A biome said before another noun ("a desert landscape").
HEAD_ADJECTIVES = {
    "biome.mountains": "*mountain|*alpine|*mountainous|*himalayan|*highland|*mountainous",
    "biome.desert": "*desert|*sandy|*saharan|*duned|*desert",
    "biome.hills": "*hilly|*hill|*rolling|*grassy|*meadow|*pastoral|*rural|*hilly",
    "biome.tundra": "*arctic|*polar|*glacial|*tundra|*antarctic|*siberian|*subarctic",
    "biome.volcano": "*volcanic|*lava|*volcano|*molten|*volcanic",
    "biome.canyon": "*canyon|*badlands|*canyon|*mesa",
    "biome.forest": "*forest|*woodland|*wooded|*jungle ~things.palm+ density+|*forest|*forested|*rainforest ~density+",
    "biome.islands": "*island|*archipelago|*insular|*caribbean ~things.palm+|*polynesian ~things.palm+|*island",
}
# Adjectives that would name a biome, were there not another one in the caption: (biome they would name, forms).
SECOND_ADJECTIVES = {
    "relief+": ("mountains", "*mountainous|*mountain|*alpine"),
    "water-": ("desert", "*desert|*desertlike"),
    "season.winter": ("tundra", "*arctic|*polar|*glacial"),
}
# "snow and fog": snow lies on the ground where another weather is said.
SNOW_ON_THE_GROUND = {"bare": "*snow|*snow and *ice|*lots of *snow", "post": "in the *snow|with *snow|and *snow|with *lots of *snow"}
NEUTRAL_NOUNS = ("c:landscape|c:scene|c:world|c:place|c:valley|c:land|c:view|c:vista|m:scenery|m:wilderness|m:terrain|"
                 "c:region|c:area|c:realm|c:setting|c:panorama|c:environment|m:nature|c:planet|c:country|p:lands|c:video")

FORMS = {
    "time.dawn": dict(
        adj="*dawn|*sunrise|*morning|*early *morning|*dawnlit|*early *morning|*daybreak",
        post="at *dawn|at *sunrise|at *daybreak|in the *morning|in the *early *morning|at *first *light|in *morning *light|"
             "at the break of *dawn|at *sunup|as the *sun *rises|before *sunrise|on a {m} *morning|in the *dawn|"
             "in *early *morning *light|with the *sun *rising|under the *rising *sun|during *sunrise|just after *dawn",
        bare="*dawn|*sunrise|*daybreak|*early *morning|*morning|*morning *light|*first *light|*rising *sun|*sunup",
        sent="it is *dawn|the *sun is *rising|the *sun *rises|*dawn is breaking|*morning has come|it is *early *morning|"
             "*dawn *breaks|the *sun comes *up|it is *morning"),
    "time.day": dict(
        adj="*daytime|*midday|*noon|*daylight|*noonday|*afternoon",
        post="at *noon|at *midday|in *daylight|by *day|in *broad *daylight|during the *day|in the *afternoon|at *high *noon|"
             "in the middle of the *day|on a {m} *day|in *full *daylight|in the *midday sun|in the *daytime|under the *noon "
             "sun|in the *early *afternoon|at *noontime|on a {m} *afternoon|under the *midday sun",
        bare="*daytime|*noon|*midday|*daylight|*afternoon|*high *noon|*broad *daylight|*day|*day *light|*noontime",
        sent="it is *day|it is *noon|it is *midday|it is *daytime|it is *high *noon|*daylight falls on everything"),
    "time.sunset": dict(
        adj="*sunset|*golden *hour|*sundown|*evening|*sunset",
        post="at *sunset|at *sundown|at *golden *hour|in the *evening|during *golden *hour|as the *sun *sets|"
             "in the *setting *sun|in *sunset *light|in *evening *light|under the *setting *sun|during *sunset|"
             "at the *golden *hour|just before *sunset|in the *evening *glow|with the *sun *setting|on a {m} *evening|"
             "as the *sun goes *down|under a *setting *sun",
        bare="*sunset|*golden *hour|*sundown|*evening *light|*setting *sun|*evening|*sunset *glow|*evening *glow",
        sent="the *sun is *setting|the *sun *sets|it is *evening|it is *golden *hour|*evening has come|the *sun goes *down"),
    "time.dusk": dict(
        adj="*dusk|*twilight|*dusky|*blue *hour|*twilit",
        post="at *dusk|at *twilight|in the *twilight|at *nightfall|at *blue *hour|after *sunset|in the *gloaming|"
             "during the *blue *hour|in the *dusk|just after *sunset|in the *half *light|as *night *falls|by *twilight|"
             "during *twilight|in the *last *light|at the *blue *hour|after *sundown",
        bare="*dusk|*twilight|*blue *hour|*nightfall|*gloaming|*last *light",
        sent="it is *dusk|*dusk has come|*twilight falls|*night is *falling|*dusk is *falling|it is *getting *dark"),
    "time.night": dict(
        adj="*moonlit|*night|*starlit|*nighttime|*nocturnal|*midnight|*starry|*nightly|*night *time",
        post="at *night|by *night|at *midnight|in the *moonlight|under the *stars|under a *full *moon|by *moonlight|"
             "in the middle of the *night|under a *starry sky|in the *dark|after *dark|at *night *time|under the *moon|"
             "in the dead of *night|under a *night sky|on a {m} *night|in *starlight|during the *night|beneath the *stars|"
             "under the *milky *way|under a *starlit sky|in *darkness|in the *nighttime|with *stars in the sky|"
             "lit by the *moon|with a *full *moon",
        bare="*night|*midnight|*moonlight|*starlight|*full *moon|*stars|*starry sky|*nighttime|*darkness|*night sky|"
             "*moonlit *night|*starry *night|*crescent *moon|*night *time",
        sent="it is *night|*night has *fallen|the *moon shines|the *stars are out|it is *midnight|a *full *moon is up|"
             "it is *dark|the *moon hangs over it|*stars fill the sky|the sky is full of *stars"),
    "weather.clear": dict(
        adj="*sunny|*cloudless|*sunlit|*sun *drenched|*clear|*sunny|*sunbathed|*sunshiny",
        post="under a *clear sky|in *clear *weather|under a *cloudless sky|in the *sunshine|in *fine *weather|with *clear "
             "*skies|in *fair *weather|under *clear *skies|on a *sunny {t}|in *bright *sunshine|on a *clear {t}|"
             "*without *clouds|with *no *clouds|in *good *weather|without *any *clouds@weather.clear|in the *sun|"
             "*without *rain|with *no *rain|*without *snow|under a *crystal *clear sky|in *sunlight|with *no *snow|"
             "*without *any *snow|in *sunny *weather|*without *storms|with a *clear sky",
        bare="*sunshine|*clear *sky|*clear *skies|*sunny *weather|*cloudless *sky|*no *clouds|*fair *weather|*blazing *sun|"
             "*no *rain|*no *snow|*sunny|*bright *sun|*fine *weather|*clear *weather|*without *clouds|*sun|*sunlight|"
             "*not *rainy|*no *snowfall|*not *cloudy",
        sent="the sky is *clear|the *sun *shines|the *weather is *fine|there are *no *clouds|it is *sunny|"
             "there is *not a *cloud in the sky|the sky is *cloudless|it is *not *raining|there is *no *rain|"
             "it is *not *snowing|the *sun is *shining|the *weather is *sunny"),
    "weather.cloudy": dict(
        adj="*cloudy|*overcast|*gloomy|*clouded|*cloud *covered|*dreary|*sunless",
        post="under *clouds|under an *overcast sky|in *cloudy *weather|under heavy *clouds|under a *cloudy sky|"
             "with *clouds|beneath *low *clouds|on an *overcast {t}|on a *cloudy {t}|under *dark *clouds|"
             "under a *leaden sky|with a *cloudy sky|with *clouds in the sky|under *cloudy skies|with *no *sun",
        bare="*clouds|*overcast|*overcast *sky|*cloudy *sky|*cloudy *weather|*dark *clouds|*heavy *clouds|*gloomy *weather|"
             "*cloud *cover|*cloudy|*sea of *clouds@weather.cloudy|*cloud|*fluffy *clouds|*storm *clouds@weather.cloudy|*low *clouds",
        sent="the sky is *cloudy|the sky is *overcast|*clouds cover the sky|it is *cloudy|*clouds drift by|it is *overcast|"
             "the *sun is *hidden|*clouds hang low|the sky is full of *clouds"),
    "weather.fog": dict(
        adj="*foggy|*fog *bound|*fogbound|*fog *covered|*fog *filled|*fog *shrouded|*foggy",
        post="in the *fog|in *thick *fog|in *fog|shrouded in *fog|with *fog|in *dense *fog|covered in *fog|on a *foggy {t}|"
             "in *foggy *weather|wrapped in *fog|lost in the *fog|with *heavy *fog|under a *blanket of *fog|hidden by *fog|"
             "in *smog|in *heavy *fog",
        bare="*fog|*thick *fog|*dense *fog|*foggy *weather|*foggy|*rolling *fog|*fog *everywhere|*heavy *fog|*pea *soup|"
             "*fog *bank|*smog|*brume|*sea of *fog@weather.fog",
        sent="it is *foggy|*fog rolls in|*fog covers everything|everything is *foggy|there is *fog|*fog lies over it|"
             "there is *thick *fog"),
    "weather.rain": dict(
        adj="*rainy|*stormy|*rain *soaked|*rainswept|*rain *swept|*drizzly|*thundery|*wet|*rain *drenched",
        post="in the *rain|in *heavy *rain|in a *storm|during a *thunderstorm|in a *downpour|in the *pouring *rain|"
             "in *rainy *weather|with *rain|on a *rainy {t}|while it *rains|in a *rainstorm|in *drizzle|under *rain|"
             "during a *storm|in a *tempest|with *lightning and *thunder|in the *monsoon|in a *light *drizzle|"
             "with *heavy *rain|in *stormy *weather|with *thunder|in *wet *weather|under a *stormy sky|with *lightning|under *rain *clouds",
        bare="*rain|*heavy *rain|*drizzle|*storm|*thunderstorm|*downpour|*rainfall|*rain *shower|*stormy *weather|*rainy|"
             "*lightning|*thunder|*showers|*pouring *rain|*monsoon|*rainstorm|*stormy sky|*cloudburst|*deluge|*tempest|*raindrops|"
             "*drizzling *rain|*rainy *weather",
        sent="it is *raining|it *rains|*rain is *falling|*rain *falls|it is *pouring|a *storm is *raging|it is *drizzling|"
             "a *thunderstorm rolls in|it is *stormy|*thunder rumbles|*lightning strikes|*rain *pours|a *storm is coming"),
    "weather.snow": dict(
        adj="*snowing ~season.winter|*blizzard ~season.winter|*snowstorm ~season.winter",
        post="in a *blizzard ~season.winter|in a *snowstorm ~season.winter|in *falling *snow ~season.winter|"
             "while it *snows ~season.winter|in *heavy *snowfall ~season.winter|during a *snowstorm ~season.winter|"
             "in the *snow ~season.winter|with *snow *falling ~season.winter|in *snowfall ~season.winter|"
             "on a *snowy {t} ~season.winter|with *snowflakes ~season.winter|in *snowy *weather ~season.winter|"
             "in *sleet ~season.winter|with *snow ~season.winter|in a *snow *storm ~season.winter|"
             "in *driving *snow ~season.winter|in a *whiteout ~season.winter|in a *flurry of *snow ~season.winter",
        bare="*snow ~season.winter|*snowfall ~season.winter|*blizzard ~season.winter|*snowstorm ~season.winter|"
             "*falling *snow ~season.winter|*heavy *snow ~season.winter|*snowflakes ~season.winter|*sleet ~season.winter|"
             "*light *snow ~season.winter|*snow *storm ~season.winter|*snow *flurries ~season.winter|*snowing "
             "~season.winter|*gentle *snowfall ~season.winter|*driving *snow ~season.winter|*snow *falling ~season.winter",
        sent="it is *snowing ~season.winter|it *snows ~season.winter|*snow is *falling ~season.winter|*snow *falls "
             "~season.winter|a *blizzard *rages ~season.winter|*snowflakes drift down ~season.winter|"
             "a *snowstorm *rages ~season.winter|*snow *comes *down ~season.winter"),
    "season.spring": dict(
        adj="*spring|*springtime|*blooming|*blossoming|*flowering|*vernal|*flowery|*springlike",
        post="in *spring|in *springtime|in *bloom|in the *spring|with *blossoms|in *early *spring|in *full *bloom|"
             "covered in *blossoms|in *april|with *flowers|full of *flowers|on a *spring {t}|with *wildflowers|"
             "with *cherry *blossoms|with *spring *flowers|in *late *spring|covered in *flowers|full of *tulips|with *roses|with *poppies",
        bare="*spring|*springtime|*blossoms|*spring *bloom|*flowers|*wildflowers|*spring *flowers|*blossom|"
             "*cherry *blossoms|*april|*tulips|*roses|*poppies|*daisies|*sunflowers|*cherry *blossom",
        sent="it is *spring|*spring has *come|everything is in *bloom|*flowers *bloom|the *flowers are *blooming|"
             "*blossoms are everywhere"),
    "season.autumn": dict(
        adj="*autumn|*autumnal|*fall *coloured|*autumn|*autumn *coloured|*fall *colored",
        post="in *autumn|in the *fall|with *autumn *leaves|in *fall *colours|in *october|in *late *autumn|in the *autumn|"
             "with *fall *foliage|on an *autumn {t}|in *november|with *autumn *colours|in *fall *colors|in *autumn *colors|"
             "in *early *autumn|with *falling *leaves|in *fall|on a *fall {t}|during *autumn|with *fallen *leaves",
        bare="*autumn|*autumn *leaves|*fall *foliage|*fall *colors|*autumn *colours|*october|*november|*falling *leaves|"
             "*autumn *foliage|*fall",
        sent="it is *autumn|*autumn has *come|the *leaves are *falling|it is *fall|*leaves *fall|the *leaves have *turned"),
    "season.winter": dict(
        adj="*snowy|*winter|*wintry|*snow *covered|*frozen|*icy|*snow *capped|*frosty|*snowbound|*snowcapped|*snow *clad|"
            "*snowy|*wintery|*ice *covered|*frosted|*snow *dusted|*snow *white@season.winter|*freezing|*snowclad|*frostbitten",
        post="in *winter|in *wintertime|covered in *snow|under *snow|in the *winter|in *deep *winter|in *january|"
             "in *december|in the *depths of *winter|buried in *snow|in the *frost|covered with *snow|on a *winter {t}|"
             "blanketed in *snow|under a *blanket of *snow|covered in *ice|on a *frosty {t}|with *snow *on the *ground|"
             "in *february|dusted with *snow|with *frost|in *ice and *snow|deep in *snow|with *snow *caps",
        bare="*winter|*snow *cover|*deep *winter|*frost|*ice|*ice and *snow|*winter *landscape|*wintertime|*snowdrifts|"
             "*winter *wonderland|*snowy|*snow *on the *ground|*december|*january",
        sent="it is *winter|*snow *covers the *ground|everything is *frozen|*winter has *come|*snow *lies on the *ground|"
             "*snow *lies *deep|it is *freezing|everything is covered in *snow|the *ground is *frozen"),
    "relief+": dict(
        adj="*rugged|*steep|*jagged|*craggy|*precipitous|*rough|*dramatic|*towering|*uneven|*sheer",
        post="with *steep *slopes|with *cliffs|with *sheer *cliffs|with *jagged *ridges|with *deep *valleys|"
             "with *high *cliffs|with *steep *walls|with *rugged *terrain|with *rough *terrain|with *tall *cliffs",
        bare="*steep *slopes|*cliffs|*rugged *terrain|*jagged *ridges|*deep *valleys|*sheer *cliffs|*steep *cliffs|*cliff|"
             "*rough *terrain|*very *steep",
        sent="the land is *steep|the terrain is *rugged|the slopes are *steep|the terrain is *rough|it is *rugged and *steep"),
    "relief-": dict(
        adj="*flat|*level|*gentle|*smooth|*low *lying|*flattened|*low|*softly *sloping",
        post="with *gentle *slopes|with *flat *ground|*without *mountains|with *no *hills|on *level *ground|"
             "with *flat *terrain|*without *hills|with *soft *slopes|on *flat *land|with *no *mountains|*without *any *hills|"
             "*without *cliffs",
        bare="*flat *terrain|*flat *land|*gentle *slopes|*no *mountains|*lowlands|*flatlands|*no *hills|*flat *ground|"
             "*no *cliffs|*very *flat|*lowland",
        sent="the land is *flat|the terrain is *flat|there are *no *mountains|there are *no *hills|the slopes are *gentle|"
             "it is *flat"),
    "water+": dict(
        adj="*coastal|*lakeside|*seaside|*flooded|*riverside|*marshy|*swampy|*watery|*shoreline|*waterside|*lake|*maritime",
        post="by a *lake|by the *sea|with a *lake|with a *river|on the *coast|near the *ocean|at the *seaside|by the *water|"
             "with *lakes|beside a *pond|on a *lake *shore|with *lots of *water|around a *lake|by the *ocean|with *rivers|"
             "along a *river|on the *shore|on a *beach|near a *river|surrounded by *water|by a *lakeside|at the *beach|"
             "with a *stream|with *ponds|near a *lake|beside the *sea|with *water|next to a *lake|overlooking a *lake|"
             "overlooking the *sea|above a *bay|in a *bay|by a *river|with a *marsh|on the *waterfront|with a *lagoon|"
             "by a *lagoon|along the *coast|by a crystal clear *lake|with crystal clear *water|beside a *lake|beside a *river",
        bare="*lake|*lakes|*river|*sea|*ocean|*water|*coast|*shore|*beach|*ponds|*wetlands|*seaside|*coastline|*swamp|"
             "*a *lot of *water|*bay|*shoreline|*marsh|*waters|*lots of *water|*rivers|*stream|*open *water|*lagoon|"
             "*the *sea|crystal clear *lake|*seashore|*flood|*wetland",
        sent="there is a *lake|a *river flows through it|there is *water everywhere|a *lake lies there|"
             "there is *lots of *water|the *sea is near|*waves roll in|there are *lakes|*water everywhere"),
    "water-": dict(
        adj="*dry|*arid|*parched|*waterless|*bone *dry|*dried *up|*dusty|*drought *stricken|*dried *out",
        post="*without *water|with *no *water|*without *a *lake|with *no *lakes|*without *any *water|with *dry *ground|"
             "in a *drought|*without *rivers|with *no *river|with *no *sea|*far *from the *sea|*without *lakes",
        bare="*no *water|*dry *land|*no *lakes|*drought|*no *rivers|*no *lake|*dry *ground|*no *sea|*dry|*not *a *drop of "
             "*water|*no *ocean",
        sent="there is *no *water|the land is *dry|it is *dry|there are *no *lakes|the *rivers are *dry|there is *no *lake|"
             "it is *arid"),
    "density+": dict(
        adj="*dense|*lush|*overgrown|*crowded|*thick|*densely *grown|*cluttered|*abundant|*luxuriant",
        post="with *dense *vegetation|*overgrown *with *plants|with *lush *vegetation|*packed *with *things|"
             "with *lush *growth|with *thick *undergrowth|with *thick *vegetation",
        bare="*dense *vegetation|*lush *vegetation|*overgrown|*lush *growth|*thick *undergrowth|*dense|*lush",
        sent="it is *overgrown|the *vegetation is *dense|everything is *lush|it is *densely *grown|it is *crowded"),
    "density-": dict(
        adj="*sparse|*barren|*empty|*bare|*desolate|*bleak|*lifeless|*sparsely *grown|*open|*bald|*minimalist",
        post="with *sparse *vegetation|with *little *vegetation|with *nothing *around|*without *much *in it|"
             "with *hardly *anything|with *almost *nothing in it|with *few *things|with *wide *open *spaces",
        bare="*sparse *vegetation|*little *vegetation|*emptiness|*barren|*nothing *around|*open *space|*sparse|*empty",
        sent="it is *empty|there is *nothing *around|it is *barren|the land is *bare|the *vegetation is *sparse|"
             "there is *hardly *anything"),
    "mist+": dict(
        adj="*misty|*hazy|*mist *covered|*smoky|*steamy|*murky|*mist *shrouded|*misty|*hazy",
        post="in the *mist|in *haze|with *mist|in *morning *mist|in a *light *haze|shrouded in *mist|in *hazy *light|"
             "wrapped in *mist|with *low *mist|in *misty *air|with *haze in the *distance|through *haze|with *hazy *air|"
             "on a *misty {t}|on a *hazy {t}|with *a *bit of *mist",
        bare="*mist|*haze|*misty *air|*light *mist|*thin *mist|*hazy *air|*drifting *mist|*heat *haze|*misty|*hazy|"
             "*steam|*vapour|*hazy *light|*veil of *mist",
        sent="it is *misty|*mist hangs in the *air|*mist rises|the *air is *hazy|there is *mist|it is *hazy|"
             "*haze fills the *air"),
    "mist-": dict(
        adj="*crisp|*haze *free|*pin *sharp",
        post="in *crisp *air|with *crisp *air|*without *fog|with *no *fog|*without *haze|*without *mist|in *clear *air|"
             "with *clear *air|*without *any *fog|in *clean *air|with *perfect *visibility|with *far *visibility|"
             "with *no *mist|with *no *haze|*free of *fog|with *good *visibility|*without *any *mist",
        bare="*crisp *air|*no *fog|*clear *air|*no *haze|*no *mist|*good *visibility|*crisp *clear@mist *air|*not *foggy|"
             "*not *misty|*clean *air|*fresh *crisp *air",
        sent="the *air is *crisp|there is *no *fog|the *air is *clear|there is *no *haze|it is *not *foggy|"
             "there is *no *mist|one can *see *far"),
}
