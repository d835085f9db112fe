//! Spanish.

use super::{Section, Words};

pub(super) const WORDS: Words = Words {
    letters: "2026-12-es-1",
    sheet: "2026-12-es-1",
    invite_subject: "{client}: conectar {bank} para {company}",
    invite: "{client} le pide que conecte la cuenta de {company} en {bank}. Utilice este enlace:",
    open_subject: "{client}: conectar la cuenta bancaria de {company}",
    open: "{client} le pide que conecte la cuenta bancaria de {company}. Abra este enlace y elija en él su banco:",
    renew_subject: "{client}: confirme de nuevo {bank} para {company}",
    renew: "{bank} se conectó para {company} con {client}. Los bancos piden de vez en cuando que se confirme de nuevo; solo lleva un minuto. Utilice este enlace:",
    hello: "Buenos días:",
    hello_name: "Buenos días, {name}:",
    delegate: "Recibe este mensaje porque usted dispone del acceso bancario de {company}.",
    safe: "Usted se identifica en la página de su propio banco; nosotros nunca vemos su contraseña. El acceso es de solo lectura y puede ponerle fin en cualquier \
           momento.",
    once: "El enlace funciona una sola vez y durante 24 horas. Si ya no funciona, avísenos y le enviaremos uno nuevo.",
    bye: "Atentamente,\n{client}",
    title: "Lo que usted acepta al conectar {bank}",
    lead: "{client} solicita leer sus cuentas de empresa en {bank}.",
    points: [
        "Solo lectura: nadie puede mover dinero con este acceso.",
        "Pasará a la página de {bank} para identificarse. Nunca vemos la contraseña.",
    ],
    sections: [
        Section {
            heading: "Por qué lo pedimos",
            lead: "{client} utiliza la información de las cuentas para tomar su decisión y para atender la operación con usted.",
            detail: &["Sustituye a los extractos en papel.", "No se usa para nada más sin volver a pedírselo."],
        },
        Section {
            heading: "Qué se comparte",
            lead: "Nombres y números de las cuentas, saldos, movimientos y sus categorías.",
            detail: &[
                "Normalmente hasta 24 meses de historial, en la medida en que el banco lo facilite.",
                "Solo lectura: nadie puede mover dinero con este acceso.",
                "Solo las cuentas que usted marque en la página del banco.",
            ],
        },
        Section {
            heading: "Cómo funciona",
            lead: "Pasará a la página de {bank} para identificarse. Nunca vemos la contraseña.",
            detail: &[
                "La conexión se realiza a través de Codat y de un proveedor autorizado de información sobre cuentas.",
                "Algunos bancos piden la aprobación de una segunda persona.",
            ],
        },
        Section {
            heading: "Durante cuánto tiempo",
            lead: "Hasta que usted le ponga fin o hasta que el banco le pida confirmarlo de nuevo, normalmente tras 90 a 180 días.",
            detail: &["Después no se lee nada nuevo; lo ya leído se conserva el tiempo que establezcan la ley y su contrato."],
        },
        Section {
            heading: "Cómo ponerle fin",
            lead: "Avísenos, o retire el acceso en su banca en línea, en cualquier momento.",
            detail: &[
                "Ponerle fin no deshace lo que se leyó antes.",
                "Puede solicitar una copia de los datos que se conservan, o su supresión.",
            ],
        },
    ],
    binding: "Esta hoja es informativa. El consentimiento vinculante se da en las páginas del banco.",
    scan_title: "Conectar {bank} para {company}",
    scan_again: "Confirmar de nuevo {bank} para {company}",
    scan: "Escanee este código con el teléfono que usa para el banco e identifíquese allí.",
    scan_until: "Funciona una sola vez, hasta el {until}.",
    months: ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
    moment: "{day} de {month} de {year}, {time}",
};
