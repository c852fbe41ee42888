//! What is worked out of an open document's text: tree and records, once a revision, however many ask.

use std::{
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::{OnceCell, watch};

use super::{outline::Outlines, work::Fault};
use crate::{
    languages::Language,
    parse::Parsed,
    record::FileRecords,
    text::{Edit, SourceText},
};

/// Edits between two parses that are worth replaying; beyond, the text is parsed afresh.
const MAX_EDITS: usize = 4096;

/// A text with its tree, and with its records once somebody has asked for them.
#[derive(Debug)]
pub struct Analysis {
    pub revision: u64,
    pub parsed: Parsed,
    records: OnceCell<Arc<FileRecords>>,
}

impl Analysis {
    pub fn new(revision: u64, parsed: Parsed) -> Self {
        Analysis { revision, parsed, records: OnceCell::new() }
    }

    /// The records; made for the first who asks, while the others wait.
    pub async fn records(
        &self,
        make: impl Future<Output = Result<Arc<FileRecords>, Fault>>,
    ) -> Result<Arc<FileRecords>, Fault> {
        self.records.get_or_try_init(|| make).await.cloned()
    }

    /// The records, if they are there.
    pub fn made_records(&self) -> Option<&Arc<FileRecords>> {
        self.records.get()
    }
}

type Outcome = Option<Result<Arc<Analysis>, Fault>>;

/// Where the analyses of one document are made.
#[derive(Debug, Default)]
pub struct Lab {
    log: Mutex<Log>,
    /// The revision that was asked for last, and who will tell of it.
    asked: Mutex<Option<(u64, Arc<watch::Sender<Outcome>>)>>,
    /// One at a time: the newest tree, from which the next is made.
    base: tokio::sync::Mutex<Option<Arc<Analysis>>>,
    /// The newest one whose records are made.
    latest: Mutex<Option<Arc<Analysis>>>,
    pub outlines: Outlines,
    /// Somebody makes ready for the next edit.
    prepares: AtomicBool,
}

/// The edits of late.
#[derive(Debug, Default)]
struct Log {
    /// The revision that they start from.
    from: u64,
    /// Each with the revision that it led to.
    edits: Vec<(u64, Edit)>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lab {
    /// An edit has led to a revision.
    pub fn edited(&self, revision: u64, edit: Edit) {
        let mut log = lock(&self.log);
        log.edits.push((revision, edit));
        if log.edits.len() > MAX_EDITS {
            *log = Log { from: revision, edits: Vec::new() };
        }
    }

    /// The whole text was replaced.
    pub fn replaced(&self, revision: u64) {
        *lock(&self.log) = Log { from: revision, edits: Vec::new() };
    }

    /// The tree of a revision. One that is older than what was parsed meanwhile is [`Fault::Modified`].
    pub async fn analysis(
        self: &Arc<Self>,
        revision: u64,
        text: &Arc<SourceText>,
        language: &'static Language,
    ) -> Result<Arc<Analysis>, Fault> {
        loop {
            let mut told = {
                let mut asked = lock(&self.asked);
                match &*asked {
                    Some((newest, sender)) if *newest == revision => sender.subscribe(),
                    _ => {
                        let sender = Arc::new(watch::Sender::new(None));
                        let told = sender.subscribe();
                        *asked = Some((revision, sender.clone()));
                        tokio::spawn(self.clone().make(revision, text.clone(), language, sender));
                        told
                    }
                }
            };
            match told.wait_for(Option::is_some).await.as_deref() {
                // Given up for the others, just when we came.
                Ok(Some(Err(Fault::Cancelled))) => {}
                Ok(Some(outcome)) => return outcome.clone(),
                _ => return Err(Fault::Cancelled),
            }
        }
    }

    async fn make(
        self: Arc<Self>,
        revision: u64,
        text: Arc<SourceText>,
        language: &'static Language,
        sender: Arc<watch::Sender<Outcome>>,
    ) {
        let mut base = self.base.lock().await;
        if sender.receiver_count() == 0 {
            return self.give_up(&sender);
        }
        let outcome = match &*base {
            Some(made) if made.revision == revision => Ok(made.clone()),
            Some(made) if made.revision > revision => Err(Fault::Modified),
            _ => {
                let old = base.as_ref().and_then(|made| Some((made.clone(), self.edits(made.revision, revision)?)));
                let parse = move |stop: &AtomicBool| match old {
                    Some((made, edits)) => made.parsed.edited_until(text, &edits, stop),
                    None => Parsed::new_until(text, language, stop),
                };
                match while_wanted(&sender, parse).await {
                    Ok((Some(parsed), _)) => Ok(Arc::new(Analysis::new(revision, parsed))),
                    Ok((None, true)) => return self.give_up(&sender),
                    Ok((None, false)) => Err(Fault::TooSlow),
                    Err(fault) => Err(fault),
                }
            }
        };
        if let Ok(made) = &outcome {
            *base = Some(made.clone());
            self.forget(made.revision);
        }
        if let Ok(made) = &outcome
            && made.parsed.is_unprepared()
            && !self.prepares.swap(true, Ordering::AcqRel)
        {
            let (lab, made) = (self.clone(), made.clone());
            tokio::task::spawn_blocking(move || {
                made.parsed.prepare();
                lab.prepares.store(false, Ordering::Release);
            });
        }
        sender.send_replace(Some(outcome));
    }

    /// Nobody waits any more: cancelled, every one of them. Whoever comes later finds nothing here and starts anew, as does
    /// who has come just now.
    fn give_up(&self, sender: &Arc<watch::Sender<Outcome>>) {
        let mut asked = lock(&self.asked);
        if asked.as_ref().is_some_and(|(_, newest)| Arc::ptr_eq(newest, sender)) {
            *asked = None;
        }
        sender.send_replace(Some(Err(Fault::Cancelled)));
    }

    /// The records of this analysis are made: it is what is answered from while newer ones are not.
    pub fn has_records(&self, analysis: &Arc<Analysis>) {
        let mut latest = lock(&self.latest);
        if latest.as_ref().is_none_or(|older| older.revision <= analysis.revision) {
            *latest = Some(analysis.clone());
        }
    }

    /// The newest analysis with records.
    pub fn latest(&self) -> Option<Arc<Analysis>> {
        lock(&self.latest).clone()
    }

    /// Where an offset of revision `to` was in revision `from`; where its text was not yet there, the place of it.
    pub fn earlier_offset(&self, offset: u32, from: u64, to: u64) -> Option<u32> {
        let edits = self.edits(from, to)?;
        let back = |at: usize, edit: &Edit| {
            if at < edit.start {
                at
            } else if at >= edit.new_end {
                at - edit.new_end + edit.old_end
            } else {
                edit.start
            }
        };
        u32::try_from(edits.iter().rev().fold(offset as usize, back)).ok()
    }

    /// The edits that lead from one revision to another, if they are still known.
    fn edits(&self, from: u64, to: u64) -> Option<Vec<Edit>> {
        let log = lock(&self.log);
        if from < log.from {
            return None;
        }
        let between = log.edits.iter().filter(|(revision, _)| (from + 1..=to).contains(revision));
        Some(between.map(|(_, edit)| *edit).collect())
    }

    /// Drops the edits that nobody will ask for again.
    fn forget(&self, parsed: u64) {
        let needed = self.latest().map_or(parsed, |latest| latest.revision.min(parsed));
        let mut log = lock(&self.log);
        if log.from < needed {
            log.edits.retain(|(revision, _)| *revision > needed);
            log.from = needed;
        }
    }
}

/// Runs blocking work, and tells it to stop when nobody waits for what it comes to: also whether it was told so.
async fn while_wanted<T: Send + 'static>(
    sender: &watch::Sender<Outcome>,
    work: impl FnOnce(&AtomicBool) -> T + Send + 'static,
) -> Result<(T, bool), Fault> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    let mut working = tokio::task::spawn_blocking(move || work(&flag));
    tokio::select! {
        done = &mut working => return Ok((done?, false)),
        () = sender.closed() => stop.store(true, Ordering::Relaxed),
    }
    Ok((working.await?, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_offsets_back_over_edits() {
        let lab = Lab::default();
        let mut text = SourceText::from_buffer("one two three".to_owned());
        lab.edited(1, text.replace(0..0, "zero "));
        lab.edited(2, text.replace(9..12, "2"));
        assert_eq!(text.slice(0..99), "zero one 2 three");
        assert_eq!(lab.earlier_offset(11, 0, 2), Some(8), "behind both");
        assert_eq!(lab.earlier_offset(5, 0, 2), Some(0), "between them");
        assert_eq!(lab.earlier_offset(9, 0, 2), Some(4), "inside the new text");
        assert_eq!(lab.earlier_offset(2, 0, 2), Some(0), "inside the new text");
        lab.replaced(3);
        assert_eq!(lab.earlier_offset(2, 0, 3), None);
    }

    fn python() -> &'static Language {
        crate::languages::by_name("python").expect("a language of ours")
    }

    #[tokio::test]
    async fn edits_lead_to_the_tree_of_the_text_itself() {
        let lab = Arc::new(Lab::default());
        let mut text = SourceText::from_buffer("def a():\n    pass\n".to_owned());
        lab.analysis(0, &Arc::new(text.clone()), python()).await.expect("a tree");
        lab.edited(1, text.replace(9..9, "    if x:\n        y()\n"));
        lab.edited(2, text.replace(0..0, "class B:\n    z = 1\n"));
        let text = Arc::new(text);
        let edited = lab.analysis(2, &text, python()).await.expect("a tree");
        let afresh = Parsed::new(text, python()).expect("a tree");
        assert_eq!(crate::extract::folds(&edited.parsed), crate::extract::folds(&afresh));
        assert_eq!(crate::extract::folds(&afresh).len(), 3);
    }

    #[tokio::test]
    async fn one_analysis_serves_all_who_ask_and_older_texts_are_left() {
        let lab = Arc::new(Lab::default());
        let text = Arc::new(SourceText::from_buffer("x = 1\n".to_owned()));
        let (one, two) = tokio::join!(lab.analysis(7, &text, python()), lab.analysis(7, &text, python()));
        assert!(Arc::ptr_eq(&one.expect("a tree"), &two.expect("a tree")));
        assert!(matches!(lab.analysis(6, &text, python()).await, Err(Fault::Modified)));
        assert!(lab.analysis(8, &text, python()).await.is_ok());
    }

    #[tokio::test]
    async fn a_parse_ends_when_nobody_waits_for_it() {
        let lab = Arc::new(Lab::default());
        // So much that the parse is not over when it is given up.
        let text = Arc::new(SourceText::from_buffer("((((a)(b))(c))\n".repeat(200_000)));
        let asking = tokio::spawn({
            let (lab, text) = (lab.clone(), text.clone());
            async move { lab.analysis(1, &text, python()).await }
        });
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        asking.abort();
        asking.await.expect_err("it was aborted");
        let base = lab.base.lock().await;
        assert!(base.is_none(), "nothing was made");
        assert!(lock(&lab.asked).is_none(), "whoever comes later starts anew");
    }

    #[tokio::test]
    async fn who_asks_after_all_others_gave_up_is_answered() {
        let lab = Arc::new(Lab::default());
        let text = Arc::new(SourceText::from_buffer("x = 1\n".to_owned()));
        let held = lab.base.lock().await;
        let asking = tokio::spawn({
            let (lab, text) = (lab.clone(), text.clone());
            async move { lab.analysis(1, &text, python()).await }
        });
        tokio::task::yield_now().await;
        asking.abort();
        asking.await.expect_err("it was aborted");
        drop(held);
        assert!(lab.analysis(1, &text, python()).await.is_ok());
    }
}
