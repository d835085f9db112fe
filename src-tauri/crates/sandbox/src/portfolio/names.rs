//! Names of businesses as they stand in British and European registers, without the letters that Codat drops.

use crate::world::Dice;

/// How names are made in one country: who, what, legal form.
struct Custom {
    who: &'static [&'static str],
    what: &'static [&'static str],
    form: &'static [&'static str],
}

const BRITISH: Custom = Custom {
    who: &[
        "Ashdown",
        "Birchwood",
        "Calder",
        "Dunmore",
        "Eastgate",
        "Fernhill",
        "Glenavon",
        "Harrow",
        "Inverlea",
        "Juniper",
        "Kestrel",
        "Larkfield",
        "Marlow",
        "Northmoor",
        "Oakridge",
        "Penrose",
        "Quayside",
        "Rowan",
        "Selwood",
        "Thornbury",
        "Upton",
        "Verity",
        "Westbrook",
        "Yarrow",
        "Zephyr",
        "Brightwater",
        "Copperfield",
        "Driftwood",
        "Elmhurst",
        "Foxglove",
        "Greystone",
        "Hollybank",
        "Ivybridge",
        "Kingsmere",
        "Lindale",
        "Millrace",
        "Newlyn",
        "Oldcastle",
        "Pinecrest",
        "Redshank",
        "Hargreaves",
        "Pritchard",
        "Okafor",
        "Patel",
        "MacLeod",
        "O'Connor",
        "Whitfield and Rowe",
        "Singh",
        "Bramley",
        "Tanner and Hale",
    ],
    what: &[
        "Joinery",
        "Bakery",
        "Freight",
        "Dental Studio",
        "Coffee Roasters",
        "Print Works",
        "Roofing",
        "Landscapes",
        "Motor Spares",
        "Recruitment",
        "Catering",
        "Textiles",
        "Veterinary Group",
        "Brewing",
        "Flooring",
        "Design Studio",
        "Marine Services",
        "Plumbing and Heating",
        "Childcare",
        "Opticians",
        "Farm Supplies",
        "Packaging",
        "Software",
        "Electrical",
        "Pharmacy",
        "Cycle Works",
        "Scaffolding",
        "Events",
        "Accountancy",
        "Fitness",
    ],
    form: &["Ltd", "Limited", "LLP", "Ltd", "and Sons Ltd", "Group Ltd", "Holdings Ltd", "UK Ltd", "CIC"],
};

const IRISH: Custom = Custom {
    who: &["Ballinrobe", "Carrick", "Dunleary", "Fitzgerald", "Gallagher", "Kilbride", "Lismore", "Murphy", "Nolan", "Slaney", "Tralee"],
    what: &["Dairy", "Hardware", "Haulage", "Seafood", "Physiotherapy", "Architects", "Wholesale", "Cafe", "Engineering", "Nurseries"],
    form: &["DAC", "Limited", "Teoranta", "and Co Limited"],
};

const FRENCH: Custom = Custom {
    who: &["Moreau", "Lefebvre", "Girard", "Mercier", "Fontaine", "Rousseau", "Dupont Freres", "Atelier Vidal", "Maison Perrin", "Colbert"],
    what: &["Menuiserie", "Boulangerie", "Transports", "Plomberie", "Conseil", "Imprimerie", "Vins", "Optique", "Paysages", "Electricite"],
    form: &["SARL", "SAS", "EURL", "SA", "et Fils SARL"],
};

const GERMAN: Custom = Custom {
    who: &["Weber", "Schneider", "Hoffmann", "Brandt", "Lindner", "Vogel", "Krause und Sohn", "Nordhafen", "Elbtal", "Isarwerk"],
    what: &[
        "Metallbau",
        "Spedition",
        "Tischlerei",
        "Feinkost",
        "Haustechnik",
        "Druckerei",
        "Gartenbau",
        "Elektrotechnik",
        "Textil",
        "Optik",
    ],
    form: &["GmbH", "GmbH", "KG", "UG", "GmbH & Co KG", "OHG"],
};

const DUTCH: Custom = Custom {
    who: &["De Boer", "Van Dijk", "Brouwer", "Visser", "Kuipers", "Hollands Diep", "Zuiderzee", "Jansen en Zoon", "Maaskant", "Lageweg"],
    what: &["Logistiek", "Bloemen", "Installatietechniek", "Bakkerij", "Scheepsbouw", "Horeca", "Groenvoorziening", "Meubelen", "IT"],
    form: &["BV", "BV", "VOF", "Holding BV"],
};

const SPANISH: Custom = Custom {
    who: &["Garrido", "Molina", "Navarro", "Serrano", "Hermanos Ortega", "Costa Verde", "Sierra Alta", "Talleres Romero", "Casa Vega"],
    what: &["Construcciones", "Panaderia", "Transportes", "Conservas", "Asesores", "Instalaciones", "Muebles", "Hosteleria", "Textil"],
    form: &["SL", "SL", "SA", "SLU", "e Hijos SL"],
};

const ITALIAN: Custom = Custom {
    who: &["Bianchi", "Ferrari", "Conti", "Marchetti", "Fratelli Greco", "Rinaldi", "Valle Verde", "Officine Monti", "Porto Nuovo"],
    what: &["Arredamenti", "Alimentari", "Trasporti", "Costruzioni", "Ottica", "Impianti", "Tessuti", "Vini", "Ceramiche"],
    form: &["Srl", "Srl", "SpA", "Snc", "e Figli Srl"],
};

const NORDIC: Custom = Custom {
    who: &["Hansen", "Lindqvist", "Nielsen", "Berg", "Fjordby", "Solvang", "Kirkeby", "Nordlys", "Skovgaard", "Aalto"],
    what: &["Byg", "Transport", "Fisk", "El og VVS", "Revision", "Bageri", "Tryk", "Havneservice", "Snickeri", "Design"],
    form: &["ApS", "AS", "AB", "Oy", "A-S"],
};

/// The name of a business, out of about 22,000.
pub(super) fn business(dice: &mut Dice) -> String {
    let custom = match dice.below(20) {
        0..10 => BRITISH,
        10 => IRISH,
        11 | 12 => FRENCH,
        13 | 14 => GERMAN,
        15 => DUTCH,
        16 => SPANISH,
        17 => ITALIAN,
        18 => NORDIC,
        _ => return partners(dice),
    };
    format!("{} {} {}", dice.pick(custom.who), dice.pick(custom.what), dice.pick(custom.form))
}

/// Two names and a form, as small practices are called.
fn partners(dice: &mut Dice) -> String {
    let (first, second) = (dice.pick(BRITISH.who), dice.pick(BRITISH.who));
    if first == second { format!("{first} Partners LLP") } else { format!("{first} & {second} LLP") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_codats_alphabet_and_repeat_rarely() {
        let mut seen = std::collections::HashSet::new();
        for number in 0..2000 {
            let name = business(&mut Dice::new(1, &[number]));
            let kept = name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || "-',&@.,?!".contains(c));
            assert!(kept, "Codat would strip letters of {name}");
            seen.insert(name);
        }
        assert!(seen.len() > 1700, "a list should not look stamped: {} of 2,000 differ", seen.len());
    }
}
