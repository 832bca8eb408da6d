//! The texts of the customers' pages, in both languages, with French typography.

use vigie_model::Lang;

/// Every sentence of the pages.
pub struct PageTexts {
    pub sorry: &'static str,
    pub write_to: &'static str,
    pub lead: &'static str,
    pub your_words: &'static str,
    pub your_name: &'static str,
    pub your_email: &'static str,
    pub email_why: &'static str,
    pub order: &'static str,
    pub photos: &'static str,
    pub photos_help: &'static str,
    pub optional: &'static str,
    pub send: &'static str,
    pub other_language: &'static str,
    pub received: &'static str,
    pub number: &'static str,
    pub delay: &'static str,
    pub keep_link: &'static str,
    pub link_why: &'static str,
    pub you: &'static str,
    pub state_open: &'static str,
    pub state_answered: &'static str,
    pub state_closed: &'static str,
    pub add: &'static str,
    pub link_over: &'static str,
    pub form_missing: &'static str,
    pub form_paused: &'static str,
    pub copy: &'static str,
}

/// The texts in a language.
pub const fn texts(lang: Lang) -> &'static PageTexts {
    match lang {
        Lang::Fr => &FRENCH,
        Lang::En => &ENGLISH,
    }
}

/// Why a form was refused, in the customer's language; `None` for what only a program could
/// have sent.
pub fn refusal(lang: Lang, kind: &str) -> Option<&'static str> {
    let (french, english) = match kind {
        "text_missing" => ("Écrivez quelques mots.", "Write a few words."),
        "text_too_long" => (
            "Votre texte est trop long\u{a0}: raccourcissez-le.",
            "Your text is too long: shorten it.",
        ),
        "attachment_type" => ("Envoyez des images ou un PDF.", "Send pictures or a PDF."),
        "attachment_disguised" => (
            "Un fichier n’est pas ce que dit son nom\u{a0}: choisissez-en un autre.",
            "A file is not what its name says: choose another.",
        ),
        "attachment_too_large" => (
            "Une photo dépasse 8\u{a0}Mo\u{a0}: choisissez-en une plus petite.",
            "A photo is over 8\u{a0}MB: choose a smaller one.",
        ),
        "attachment_empty" => (
            "Un fichier est vide\u{a0}: choisissez-en un autre.",
            "A file is empty: choose another.",
        ),
        "too_many_files" => ("Envoyez six photos au plus.", "Send six photos at most."),
        "body_too_large" => (
            "C’est trop à la fois\u{a0}: envoyez moins de photos.",
            "That is too much at once: send fewer photos.",
        ),
        "too_many" => (
            "Trop d’envois à la suite\u{a0}: patientez une minute, puis renvoyez.",
            "Too many at once: wait a minute, then send again.",
        ),
        _ => return None,
    };
    Some(if matches!(lang, Lang::Fr) {
        french
    } else {
        english
    })
}

static FRENCH: PageTexts = PageTexts {
    sorry: "Désolés",
    write_to: "Écrire à",
    lead: "Dites-nous ce qui ne va pas, ou ce que vous cherchez. Une personne de l’équipe vous lit \
        et vous répond.",
    your_words: "Votre message",
    your_name: "Votre nom",
    your_email: "Votre adresse e-mail",
    email_why: "Pour vous reconnaître, jamais pour de la publicité.",
    order: "Numéro de commande",
    photos: "Photos",
    photos_help: "Six au plus, 8\u{a0}Mo chacune.",
    optional: "facultatif",
    send: "Envoyer",
    other_language: "English",
    received: "Bien reçu, merci.",
    number: "Votre dossier porte le n°\u{a0}",
    delay: "Une personne vous répondra au plus tard",
    keep_link: "Gardez ce lien privé",
    link_why: "Il vous permet de suivre votre dossier et d’y répondre, sans compte ni mot de \
        passe. Ne le transmettez pas.",
    you: "Vous",
    state_open: "Nous nous en occupons.",
    state_answered: "Nous avons répondu\u{202f}; à vous, si vous le souhaitez.",
    state_closed: "Ce dossier est clos. Écrivez ci-dessous pour le rouvrir.",
    add: "Ajouter un message",
    link_over: "Ce lien n’existe pas ou a expiré. Écrivez-nous à nouveau par le formulaire.",
    form_missing: "Ce formulaire n’existe pas. Vérifiez l’adresse.",
    form_paused: "Ce formulaire est fermé pour le moment. Revenez un peu plus tard.",
    copy: "Votre message",
};

static ENGLISH: PageTexts = PageTexts {
    sorry: "Sorry",
    write_to: "Write to",
    lead: "Tell us what is wrong, or what you are looking for. Somebody of the team reads you and \
        answers.",
    your_words: "Your message",
    your_name: "Your name",
    your_email: "Your e-mail address",
    email_why: "To recognise you, never for advertising.",
    order: "Order number",
    photos: "Photos",
    photos_help: "Six at most, 8\u{a0}MB each.",
    optional: "optional",
    send: "Send",
    other_language: "Français",
    received: "Received, thank you.",
    number: "Your case is number\u{a0}",
    delay: "Somebody will answer you no later than",
    keep_link: "Keep this private link",
    link_why: "It lets you follow your case and answer, without account or password. Do not pass \
        it on.",
    you: "You",
    state_open: "We are dealing with it.",
    state_answered: "We have answered; your turn, if you wish.",
    state_closed: "This case is closed. Write below to open it again.",
    add: "Add a message",
    link_over: "This link does not exist or has expired. Write to us again through the form.",
    form_missing: "This form does not exist. Check the address.",
    form_paused: "This form is closed for now. Please come back a little later.",
    copy: "Your message",
};
