//! The pages as they are sent, whole: what a template, a sentence or the escaping changes is seen
//! in a review. `INSTA_UPDATE=always cargo test -p vigie-http snapshots` accepts a change.

use askama::Template;
use insta::assert_snapshot;
use vigie_model::{At, AttachmentId, CaseId, CaseKey, Lang, PersonKey, QuestionId, QuestionKey};
use vigie_store::Question;
use vigie_wording::catalogue;

use super::{
    ErrorPage, NoticePage, Page,
    address::AddressPage,
    colleague::{ColleaguePage, Expertise},
    form::{ConfirmationPage, FormPage},
    private::PrivatePage,
    thread::{PageFile, PageMessage},
};
use crate::multipart_form::MultipartForm;

/// What somebody might type to break a page.
const HOSTILE: &str = "\"><script>alert('{number}')</script>\n{{ page.title }} & {% raw %}";

fn page(lang: Lang) -> Page<'static> {
    let title = "Halvenne & <Co>";
    Page { lang, title }
}

fn message(ours: bool, text: &str) -> PageMessage {
    PageMessage {
        ours,
        who: if ours { "Claire <b>" } else { "Vous" }.into(),
        when: "mardi 17\u{a0}novembre à 9\u{a0}h\u{a0}42".into(),
        text: text.into(),
        files: vec![PageFile {
            id: AttachmentId(uuid::Uuid::nil()),
            name: "lampe \"cassée\".jpg".into(),
        }],
    }
}

fn question() -> Question {
    let at: At = "2026-11-17T08:42:00Z".parse().unwrap();
    Question {
        key: QuestionKey::from_number(1),
        id: QuestionId(uuid::Uuid::nil()),
        case_key: CaseKey::from_number(1),
        case: CaseId(uuid::Uuid::nil()),
        asked_by: PersonKey::from_number(1),
        asker: "Inès <i>Carlier</i>".into(),
        to_email: Some("yann@example.org".into()),
        to_name: "Yann".into(),
        lang: Lang::Fr,
        text: HOSTILE.into(),
        show_contact: true,
        address: "https://vigie.example".into(),
        made_at: at,
        remind_at: None,
        expires_at: at,
        answer: None,
        files: Vec::new(),
        answered_at: None,
        amended_at: None,
        ended: None,
        thanked_at: None,
        thanks: Some("Merci !".into()),
    }
}

#[test]
fn the_form_keeps_what_was_typed_and_says_why_it_is_refused() {
    let fields = [
        ("text", HOSTILE),
        ("name", "Jeanne \"J\""),
        ("order", "C-1042"),
    ];
    let sent = MultipartForm::of(&fields);
    let words = catalogue(Lang::Fr);
    let form = FormPage {
        page: Page {
            lang: Lang::Fr,
            title: &words.form.title("Halvenne & <Co>"),
        },
        words,
        code: "form-abc",
        problem: words.pages.refusals.get("too_many"),
        sent: &sent,
        signed_in: None,
    };
    assert_snapshot!(form.render().unwrap());
}

#[test]
fn the_form_shows_whom_the_shop_knows() {
    let sent = MultipartForm::of(&[("token", "a.b.c"), ("text", "Ma lampe")]);
    let words = catalogue(Lang::Fr);
    let form = FormPage {
        page: page(Lang::Fr),
        words,
        code: "form-abc",
        problem: None,
        sent: &sent,
        signed_in: Some(HOSTILE),
    };
    assert_snapshot!(form.render().unwrap());
}

#[test]
fn the_owner_of_an_address_is_asked_whether_it_was_them() {
    let words = catalogue(Lang::Fr);
    let asks = words.address.asks(
        "Halvenne",
        "jeanne@mail.example",
        "lundi 16 novembre à 10 h",
    );
    let address = AddressPage {
        page: page(Lang::Fr),
        words,
        asks: &asks,
        token: "token",
    };
    assert_snapshot!(address.render().unwrap());
}

#[test]
fn the_confirmation_gives_the_number_the_delay_and_the_link() {
    let confirmation = ConfirmationPage {
        page: page(Lang::En),
        words: catalogue(Lang::En),
        number: 1042,
        when: "Tuesday 17\u{a0}November at 17:00",
        link: "https://vigie.example/p/token?lang=en",
        text: HOSTILE,
        confirm: Some("/p/token/address?lang=en"),
    };
    assert_snapshot!(confirmation.render().unwrap());
}

#[test]
fn the_private_page_tells_ours_from_theirs() {
    let words = catalogue(Lang::Fr);
    let private = PrivatePage {
        page: page(Lang::Fr),
        words,
        number: 1042,
        state: words.private.state_answered,
        messages: vec![
            message(false, HOSTILE),
            message(true, "Bonjour,\nil arrive."),
        ],
        token: "token",
        problem: words.pages.refusals.get("attachment_type"),
        offer: true,
        notice: Some(words.address.sent),
        text: HOSTILE.into(),
        once: "0".repeat(43),
    };
    assert_snapshot!(private.render().unwrap());
}

#[test]
fn the_colleague_is_asked_in_their_language() {
    let words = catalogue(Lang::Fr);
    let colleague = ColleaguePage {
        page: page(Lang::Fr),
        words,
        token: "token",
        question: question(),
        done: Some(words.colleague.kept),
        messages: vec![message(false, HOSTILE)],
        contact: Some("jeanne@mail.example".into()),
        expertise: Some(Expertise::default()),
        problem: words.pages.refusals.get("too_many_files"),
        text: HOSTILE.into(),
        until: "vendredi 20\u{a0}novembre à 9\u{a0}h\u{a0}42".into(),
    };
    assert_snapshot!(colleague.render().unwrap());
}

#[test]
fn an_error_says_what_to_do() {
    let words = catalogue(Lang::En);
    let error = ErrorPage {
        page: Page {
            lang: Lang::En,
            title: words.pages.sorry,
        },
        detail: words.form.form_paused,
    };
    assert_snapshot!(error.render().unwrap());
}

#[test]
fn a_notice_is_one_sentence() {
    let notice = NoticePage {
        page: page(Lang::Fr),
        notice: catalogue(Lang::Fr).colleague.passed,
    };
    assert_snapshot!(notice.render().unwrap());
}
