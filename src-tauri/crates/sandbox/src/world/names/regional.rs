//! Patterns and places from which plausible regional banks are made. A name may by chance be that of a real small
//! bank; that is the point of plausible, and nothing but the name is used.

/// Country, pattern (`{}` is the place), kind of place list.
pub(super) const PATTERNS: &[(&str, &str, &[&str])] = &[
    ("uk", "{} Building Society", UK),
    ("uk", "{} Credit Union", UK),
    ("uk", "{} & District Credit Union", UK),
    ("uk", "{} Savings Bank", UK),
    ("uk", "{} Community Bank", UK),
    ("uk", "Bank of {}", UK),
    ("ie", "{} Credit Union", IE),
    ("de", "Sparkasse {}", DE),
    ("de", "Volksbank {}", DE),
    ("de", "Raiffeisenbank {}", DE),
    ("de", "VR Bank {}", DE),
    ("de", "Sparda-Bank {}", DE_LARGE),
    ("de", "PSD Bank {}", DE_LARGE),
    ("fr", "Caisse d'Épargne {}", FR),
    ("fr", "Crédit Agricole {}", FR),
    ("fr", "Banque Populaire {}", FR),
    ("fr", "Crédit Mutuel {}", FR),
    ("it", "Banca Popolare di {}", IT),
    ("it", "BCC di {}", IT),
    ("it", "Cassa di Risparmio di {}", IT),
    ("es", "Caja Rural de {}", ES),
    ("es", "Caixa Popular {}", ES),
    ("pt", "Caixa de Crédito Agrícola de {}", PT),
    ("at", "Raiffeisenbank {}", AT),
    ("at", "Sparkasse {}", AT),
    ("at", "Volksbank {}", AT),
    ("pl", "Bank Spółdzielczy {}", PL),
    ("dk", "{} Sparekasse", DK),
    ("se", "Sparbanken {}", SE),
    ("no", "{} Sparebank", NO),
    ("fi", "{} Osuuspankki", FI),
    ("nl", "Coöperatieve Bank {}", NL),
];

const UK: &[&str] = &[
    "Aberdeen", "Aldbury", "Ambleside", "Ashford", "Bath", "Bedford", "Berwick", "Beverley", "Bideford", "Blackburn", "Bodmin", "Bolton",
    "Bradford", "Brecon", "Bridgwater", "Brighton", "Bristol", "Burnley", "Bury", "Buxton", "Cambridge", "Canterbury", "Cardiff",
    "Carlisle", "Chelmsford", "Chester", "Chesterfield", "Chorley", "Colchester", "Cornwall", "Crewe", "Darlington", "Derby", "Devon",
    "Doncaster", "Dorchester", "Dover", "Dudley", "Dumfries", "Dundee", "Durham", "Earl Shilton", "Edinburgh", "Elgin", "Ely", "Exeter",
    "Falkirk", "Falmouth", "Fife", "Furness", "Gloucester", "Grantham", "Greenock", "Grimsby", "Guildford", "Halesowen", "Hanley",
    "Harrogate", "Hastings", "Hereford", "Hexham", "Hinckley", "Holmesdale", "Huddersfield", "Hull", "Inverness", "Ipswich", "Kendal",
    "Kettering", "Kilmarnock", "Lancaster", "Leicester", "Leith", "Lewes", "Lichfield", "Lincoln", "Loughborough", "Ludlow", "Luton",
    "Maidstone", "Malvern", "Manchester", "Mansfield", "Market Harborough", "Medway", "Melton", "Monmouth", "Morpeth", "Newbury",
    "Newcastle", "Newport", "Northampton", "Norwich", "Nottingham", "Oldham", "Oxford", "Paisley", "Penrith", "Perth", "Peterborough",
    "Plymouth", "Preston", "Ramsgate", "Reading", "Rochdale", "Rugby", "Rutland", "Saffron Walden", "Salisbury", "Scarborough",
    "Sheffield", "Shrewsbury", "Skye", "Southport", "Stafford", "Stirling", "Stockport", "Stroud", "Sudbury", "Sunderland", "Swansea",
    "Swindon", "Taunton", "Teesside", "Telford", "Thanet", "Tiverton", "Torbay", "Truro", "Vernon", "Wakefield", "Walsall", "Warwick",
    "Wells", "Whitby", "Wigan", "Winchester", "Windsor", "Wirral", "Worcester", "Worthing", "Wrexham", "Yeovil", "York",
];

const IE: &[&str] = &[
    "Athlone", "Ballina", "Bantry", "Carlow", "Cavan", "Clonmel", "Cork", "Drogheda", "Dundalk", "Ennis", "Galway", "Kilkenny",
    "Killarney", "Letterkenny", "Limerick", "Longford", "Mullingar", "Naas", "Navan", "Roscommon", "Sligo", "Swords", "Thurles",
    "Tralee", "Tullamore", "Waterford", "Wexford", "Wicklow",
];

const DE: &[&str] = &[
    "Aachen", "Aalen", "Alzey", "Amberg", "Ansbach", "Arnsberg", "Aschaffenburg", "Augsburg", "Bad Kissingen", "Bamberg", "Bautzen",
    "Bayreuth", "Bergisch Gladbach", "Biberach", "Bielefeld", "Bocholt", "Bochum", "Bodensee", "Bonn", "Borken", "Braunschweig",
    "Bremerhaven", "Bruchsal", "Celle", "Chemnitz", "Coburg", "Cottbus", "Cuxhaven", "Dachau", "Darmstadt", "Deggendorf", "Detmold",
    "Dillingen", "Dithmarschen", "Donauwörth", "Dortmund", "Düren", "Düsseldorf", "Emden", "Emsland", "Erding", "Erfurt", "Erlangen",
    "Essen", "Esslingen", "Flensburg", "Freiburg", "Freising", "Fulda", "Fürth", "Garmisch", "Gera", "Germersheim", "Gießen",
    "Göppingen", "Görlitz", "Göttingen", "Günzburg", "Gütersloh", "Hagen", "Halle", "Hameln", "Hanau", "Hannover", "Heidelberg",
    "Heidenheim", "Heilbronn", "Herford", "Hildesheim", "Hof", "Höxter", "Husum", "Ibbenbüren", "Ingolstadt", "Iserlohn", "Jena",
    "Kaiserslautern", "Karlsruhe", "Kassel", "Kempten", "Kiel", "Kleve", "Koblenz", "Köln", "Konstanz", "Krefeld", "Landshut",
    "Leipzig", "Limburg", "Lindau", "Lippstadt", "Lörrach", "Lübeck", "Lüneburg", "Magdeburg", "Mainz", "Marburg", "Memmingen",
    "Minden", "Mittweida", "Moers", "Mönchengladbach", "Mosbach", "Mühldorf", "Münster", "Neumarkt", "Neuss", "Neuwied", "Nördlingen",
    "Nürnberg", "Oberhausen", "Offenburg", "Osnabrück", "Paderborn", "Passau", "Pforzheim", "Pirmasens", "Plauen", "Potsdam",
    "Ravensburg", "Regensburg", "Remscheid", "Reutlingen", "Rheine", "Rosenheim", "Rostock", "Rottweil", "Saarbrücken", "Schweinfurt",
    "Schwerin", "Siegen", "Soest", "Solingen", "Stade", "Stralsund", "Straubing", "Stuttgart", "Trier", "Tübingen", "Tuttlingen",
    "Uelzen", "Ulm", "Unna", "Vechta", "Viersen", "Villingen", "Weiden", "Weilheim", "Wesel", "Wetzlar", "Wiesbaden", "Wolfsburg",
    "Worms", "Wuppertal", "Würzburg", "Zwickau",
];

const DE_LARGE: &[&str] =
    &["Augsburg", "Baden-Württemberg", "Berlin", "Hamburg", "Hannover", "Hessen", "München", "Nürnberg", "Ostbayern", "Südwest", "West"];

const FR: &[&str] = &[
    "Alpes Provence", "Alsace Vosges", "Anjou Maine", "Aquitaine", "Atlantique Vendée", "Bourgogne Franche-Comté",
    "Bretagne Pays de Loire", "Brie Picardie", "Centre Loire", "Champagne Ardenne", "Charente-Maritime", "Corse", "Côte d'Azur",
    "Côtes d'Armor", "Dauphiné", "Finistère", "Grand Est", "Grand Ouest", "Guyenne et Gascogne", "Hauts de France", "Île-de-France",
    "Ille-et-Vilaine", "Languedoc", "Limousin", "Loire Drôme Ardèche", "Lorraine", "Méditerranée", "Midi-Pyrénées", "Morbihan",
    "Nord Europe", "Normandie", "Occitane", "Océan", "Provence", "Pyrénées", "Rhône Alpes", "Savoie", "Toulouse", "Touraine Poitou",
    "Val de France",
];

const IT: &[&str] = &[
    "Alba", "Ancona", "Aquila", "Arezzo", "Asti", "Bari", "Belluno", "Bergamo", "Biella", "Bologna", "Bolzano", "Brescia", "Cagliari",
    "Carpi", "Cesena", "Como", "Cortina", "Cremona", "Cuneo", "Fabriano", "Faenza", "Fano", "Ferrara", "Firenze", "Foggia", "Forlì",
    "Fossano", "Genova", "Gorizia", "Imola", "Ivrea", "Lecce", "Livorno", "Lodi", "Lucca", "Macerata", "Mantova", "Milano", "Modena",
    "Novara", "Orvieto", "Padova", "Parma", "Pavia", "Perugia", "Pesaro", "Piacenza", "Pisa", "Pistoia", "Ragusa", "Ravenna",
    "Rimini", "Rovigo", "Saluzzo", "San Miniato", "Savona", "Spoleto", "Terni", "Torino", "Trento", "Treviso", "Trieste", "Udine",
    "Varese", "Venezia", "Verona", "Vicenza", "Viterbo", "Volterra",
];

const ES: &[&str] = &[
    "Albacete", "Alcañiz", "Algemesí", "Almendralejo", "Aragón", "Asturias", "Baena", "Betxí", "Burgos", "Cañete", "Casinos",
    "Castilla", "Córdoba", "Extremadura", "Galicia", "Gijón", "Granada", "Jaén", "La Roda", "León", "Navarra", "Nueva Carteya",
    "Onda", "Salamanca", "Segovia", "Soria", "Sueca", "Teruel", "Toledo", "Torrent", "Utrera", "Valencia", "Vila-real", "Villamalea",
    "Zamora", "Zaragoza",
];

const PT: &[&str] = &[
    "Alcobaça", "Aveiro", "Beja", "Braga", "Bragança", "Cadaval", "Coimbra", "Évora", "Faro", "Leiria", "Lourinhã", "Mafra", "Óbidos",
    "Pombal", "Santarém", "Setúbal", "Silves", "Torres Vedras", "Viana do Castelo", "Viseu",
];

const AT: &[&str] = &[
    "Amstetten", "Baden", "Bludenz", "Bregenz", "Dornbirn", "Eferding", "Eisenstadt", "Feldkirch", "Graz", "Hallein", "Horn",
    "Imst", "Innsbruck", "Kitzbühel", "Klagenfurt", "Krems", "Kufstein", "Leoben", "Lienz", "Linz", "Lungau", "Melk", "Mödling",
    "Neunkirchen", "Ried", "Salzburg", "Schwaz", "Spittal", "Steyr", "Tulln", "Villach", "Vöcklabruck", "Waidhofen", "Wels", "Wolfsberg",
    "Zwettl",
];

const PL: &[&str] = &[
    "Białystok", "Bielsko", "Brodnica", "Chojnice", "Ciechanów", "Gliwice", "Głogów", "Gniezno", "Jarocin", "Kielce", "Kłodzko",
    "Kraków", "Krotoszyn", "Legnica", "Limanowa", "Łomża", "Nowy Sącz", "Olsztyn", "Ostrów", "Piaseczno", "Płońsk", "Poznań", "Pszczyna",
    "Rzeszów", "Skierniewice", "Toruń", "Wieliczka", "Wołów", "Żory", "Żywiec",
];

const DK: &[&str] = &[
    "Broager", "Djurs", "Fynske", "Hvidbjerg", "Lolland", "Middelfart", "Møns", "Rise", "Ringkøbing", "Rønde", "Skive", "Sæby",
    "Thy", "Vendsyssel", "Ærø",
];

const SE: &[&str] = &[
    "Alingsås", "Bergslagen", "Dalsland", "Eken", "Enköping", "Falkenberg", "Göinge", "Göteryd", "Gotland", "Hälsingland", "Karlshamn",
    "Lidköping", "Mälaren", "Norrbotten", "Rekarne", "Skåne", "Syd", "Tanum", "Tjörn", "Tranemo", "Varberg", "Västra Mälardalen", "Öland",
];

const NO: &[&str] = &[
    "Aasen", "Aurskog", "Bien", "Etne", "Flekkefjord", "Haugesund", "Hemne", "Jæren", "Larvik", "Lillesand", "Luster", "Melhus",
    "Namdal", "Oppdal", "Rindal", "Romsdal", "Rørosbanken", "Skagerrak", "Sunndal", "Tinn", "Tysnes", "Valdres", "Voss", "Ørskog",
];

const FI: &[&str] = &[
    "Etelä-Savon", "Hämeen", "Kainuun", "Keski-Suomen", "Kymenlaakson", "Länsi-Suomen", "Loimaan", "Oulun", "Pohjolan", "Raahen",
    "Rauman", "Savon", "Turun", "Ylä-Kainuun", "Ylä-Uudenmaan",
];

const NL: &[&str] = &[
    "Achterhoek", "Betuwe", "Bollenstreek", "Drenthe", "Friesland", "Gooi", "Groningen", "Kennemerland", "Limburg", "Salland",
    "Twente", "Veluwe", "Waterland", "Westland", "Zeeland",
];
