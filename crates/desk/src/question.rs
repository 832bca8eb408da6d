//! A question to a colleague without an account: asked, answered on a telephone, passed on,
//! revoked, thanked.

use vigie_model::{
    Act, Actor, At, CaseId, CaseKey, CaseState, FileRef, Lang, QuestionId, Visibility,
};
use vigie_store::{Case, FactDraft, NewQuestion, Person, Question, Write};

use crate::{Error, Result, WaitingFor, colleague_mail, wait};

/// How long a link is valid, in days.
const LIVES_DAYS: i64 = 3;
/// A reminder is sent after this many hours, during opening hours.
const REMIND_HOURS: i64 = 24;

/// A question to ask.
#[derive(Debug, Clone)]
pub struct QuestionDraft {
    pub case: CaseId,
    /// The colleague's address; without one the link is copied by hand.
    pub to_email: Option<String>,
    pub to_name: String,
    pub lang: Lang,
    pub text: String,
    /// Whether the customer's contact data may be shown.
    pub show_contact: bool,
    /// The public address of the application, without a trailing slash.
    pub address: String,
    /// Ask even if the colleague already has an open question.
    pub anyway: bool,
}

/// Asks a question. The case then waits for the colleague.
///
/// # Errors
/// [`Error::Empty`], [`Error::Busy`] when the colleague has an open question,
/// [`Error::WrongState`] when the case is closed.
pub async fn ask(write: &mut Write, asker: &Person, asking: QuestionDraft) -> Result<QuestionId> {
    let case = write.cases().find(asking.case).await?;
    if asking.text.trim().is_empty() || asking.to_name.trim().is_empty() {
        return Err(Error::Empty);
    }
    if let Some(email) = asking.to_email.as_ref().filter(|_| !asking.anyway)
        && !write.questions().waiting_for(email).await?.is_empty()
    {
        return Err(Error::Busy);
    }
    wait(write, asking.case, Some(WaitingFor::Colleague)).await?;
    let now = write.at();
    let new = NewQuestion {
        case_key: case.key,
        asked_by: asker.key,
        to_email: asking.to_email,
        to_name: asking.to_name.trim().to_owned(),
        lang: asking.lang,
        text: asking.text.trim().to_owned(),
        show_contact: asking.show_contact,
        address: asking.address,
        remind_at: now.plus_minutes(REMIND_HOURS * 60),
        expires_at: now.plus_days(LIVES_DAYS),
    };
    let id = write.questions().insert(new).await?;
    let question = write.questions().find(id).await?;
    write.fact(
        FactDraft::new(Act::QuestionAsked)
            .of_case(&case)
            .on("question", id.0),
    );
    colleague_mail::ask(write, &case, &question).await?;
    Ok(id)
}

/// Stores an answer: in the asker's draft the first time, in the case each time.
///
/// # Errors
/// [`Error::LinkOver`], [`Error::Empty`].
pub async fn answer_question(
    write: &mut Write,
    id: QuestionId,
    text: &str,
    files: Vec<FileRef>,
) -> Result<()> {
    let question = open_question(write, id).await?;
    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    let case = write.cases().by_key(question.case_key).await?;
    let keys = write
        .attachments()
        .insert_many(
            files
                .into_iter()
                .map(|file| (None, case.key, file))
                .collect(),
        )
        .await?;
    let mut ids = question.files.clone();
    for attachment in write.attachments().of_case(case.key).await? {
        if keys.contains(&attachment.key) {
            ids.push(attachment.id.to_string());
        }
    }
    write
        .questions()
        .answer(question.key, text.trim(), &ids)
        .await?;
    let first = question.answered_at.is_none();
    if first {
        let draft = write.drafts().find(case.key, question.asked_by).await?;
        let before = draft
            .as_ref()
            .map(|it| it.text.trim_end())
            .filter(|it| !it.is_empty());
        let before = before.map(|it| format!("{it}\n\n")).unwrap_or_default();
        let words = format!("{before}{}\n\n— {}", text.trim(), question.to_name);
        let visibility = draft.map_or(Visibility::Private, |it| it.visibility);
        write
            .drafts()
            .put(case.key, question.asked_by, &words, visibility)
            .await?;
        return_to_us(write, &case).await?;
    }
    let fact = FactDraft::new(Act::QuestionAnswered)
        .of_case(&case)
        .on("question", id.0)
        .by(Actor::System);
    write.fact(fact.number("amended", i64::from(!first)));
    Ok(())
}

/// "Not for me, ask X": the same question goes to somebody else, on behalf of the same asker.
///
/// # Errors
/// [`Error::LinkOver`]; [`Error::Empty`] without a name.
pub async fn forward_question(
    write: &mut Write,
    id: QuestionId,
    email: Option<String>,
    name: &str,
) -> Result<QuestionId> {
    let question = open_question(write, id).await?;
    if name.trim().is_empty() {
        return Err(Error::Empty);
    }
    if question.answered_at.is_some() {
        return Err(Error::LinkOver);
    }
    let case = write.cases().by_key(question.case_key).await?;
    write.questions().end(question.key, "passed").await?;
    let now = write.at();
    let new = NewQuestion {
        case_key: case.key,
        asked_by: question.asked_by,
        to_email: email,
        to_name: name.trim().to_owned(),
        lang: question.lang,
        text: question.text.clone(),
        show_contact: question.show_contact,
        address: question.address.clone(),
        remind_at: now.plus_minutes(REMIND_HOURS * 60),
        expires_at: now.plus_days(LIVES_DAYS),
    };
    let next = write.questions().insert(new).await?;
    let fact = FactDraft::new(Act::QuestionPassed)
        .of_case(&case)
        .on("question", id.0)
        .on("next", next.0);
    write.fact(fact.by(Actor::System));
    let next_question = write.questions().find(next).await?;
    colleague_mail::ask(write, &case, &next_question).await?;
    Ok(next)
}

/// Revokes a question; its link is no longer valid.
///
/// # Errors
/// [`Error::LinkOver`] when it is already over.
pub async fn revoke_question(write: &mut Write, id: QuestionId) -> Result<()> {
    let question = write.questions().find(id).await?;
    if question.ended.is_some() {
        return Err(Error::LinkOver);
    }
    let case = write.cases().by_key(question.case_key).await?;
    write.questions().end(question.key, "revoked").await?;
    write.fact(
        FactDraft::new(Act::QuestionRevoked)
            .of_case(&case)
            .on("question", id.0),
    );
    return_to_us(write, &case).await
}

/// Applies the passing of time to a question: a reminder during opening hours, then expiry,
/// when the case goes back to the team.
pub async fn remind_or_expire_question(
    write: &mut Write,
    question: &Question,
    opens_at: At,
) -> Result<()> {
    let (now, case) = (write.at(), write.cases().by_key(question.case_key).await?);
    if question.expires_at <= now {
        write.questions().end(question.key, "expired").await?;
        write.fact(
            FactDraft::new(Act::QuestionExpired)
                .of_case(&case)
                .on("question", question.id.0),
        );
        return return_to_us(write, &case).await;
    }
    // Outside opening hours, a reminder waits for the opening.
    if opens_at > now {
        write
            .questions()
            .set_reminder(question.key, Some(opens_at))
            .await?;
        return Ok(());
    }
    write.questions().set_reminder(question.key, None).await?;
    write.fact(
        FactDraft::new(Act::QuestionReminded)
            .of_case(&case)
            .on("question", question.id.0),
    );
    colleague_mail::remind(write, &case, question).await
}

/// The customer thanks: the colleague who gave the answer receives the text.
pub async fn forward_thanks_to_colleague(
    write: &mut Write,
    case_key: CaseKey,
    words: &str,
) -> Result<()> {
    let case = write.cases().by_key(case_key).await?;
    for question in write.questions().of_case(case_key).await? {
        if question.answered_at.is_some() && question.thanked_at.is_none() {
            write.questions().thank(question.key, words).await?;
            write.fact(
                FactDraft::new(Act::ThanksPassed)
                    .of_case(&case)
                    .on("question", question.id.0)
                    .by(Actor::System),
            );
            colleague_mail::thank(write, &case, &question, words).await?;
        }
    }
    Ok(())
}

/// A question whose link is still valid: not revoked, passed on or expired; once answered,
/// only to amend.
async fn open_question(write: &mut Write, id: QuestionId) -> Result<Question> {
    let question = write.questions().find(id).await?;
    let over = question.ended.is_some() || question.expires_at <= write.at();
    if over {
        Err(Error::LinkOver)
    } else {
        Ok(question)
    }
}

/// The case waits for the team again, unless another colleague still has to answer.
async fn return_to_us(write: &mut Write, case: &Case) -> Result<()> {
    let waiting = write
        .questions()
        .of_case(case.key)
        .await?
        .iter()
        .any(Question::is_open);
    if case.state == CaseState::WaitingColleague && !waiting {
        let mut after = Case {
            state: CaseState::Open,
            ..case.clone()
        };
        write.cases().release_absent_owner(&mut after).await?;
        write.fact(
            FactDraft::new(Act::CaseResumed)
                .of_case(case)
                .code("state", "open")
                .by(Actor::System),
        );
        write.cases().save(case, &mut after).await?;
    }
    Ok(())
}
