//! Figures of large fleets, kept for a moment.
//!
//! A page of the console shows counts: beside the menu, above a list, on the overview. Of a small fleet they are
//! counted anew for every page. Of a large one that costs more than the page itself, and twenty administrators whose
//! live pages follow the fleet would ask for the same counts again and again. So a figure that took many rows to
//! count is kept for [`FRESH`]; whoever comes later within [`USABLE`] gets the kept one while it is counted anew
//! behind them, once. An act in the console ends all of them on its node ([`Core::forget_figures`]), so that
//! the page behind it shows what it did; what programs, devices and other nodes change is shown within these times. Nothing decides by these figures, they are only shown.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;

/// So old a kept figure is shown without being counted anew.
const FRESH: Duration = Duration::from_secs(2);
/// So old it is shown at most.
const USABLE: Duration = Duration::from_secs(30);
/// Figures over fewer rows are never kept.
pub const LARGE: i64 = 10_000;
/// Questions that are kept at once; filters make new ones.
const MOST: usize = 500;

/// What is being counted: a name and whatever the answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    name: &'static str,
    of: String,
}

impl Question {
    /// A figure of all that the actor reaches.
    pub(crate) fn of(name: &'static str, actor: &Actor) -> Self {
        Self {
            name,
            of: format!("{}{}", actor.unit_path, actor.platform_filter()),
        }
    }

    /// The answer depends on this, too.
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.of.push('\n');
        self.of.push_str(more);
        self
    }
}

type Counting<T> = Pin<Box<dyn Future<Output = Result<Counted<T>, Error>> + Send>>;

/// A figure with the rows that had to be counted for it.
pub(crate) struct Counted<T> {
    pub(crate) figure: T,
    pub(crate) rows: i64,
}

struct Kept {
    figure: Arc<dyn Any + Send + Sync>,
    at: Instant,
    /// Somebody counts it anew.
    busy: bool,
}

/// The kept figures of one node.
#[derive(Default)]
pub(crate) struct Figures(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    kept: HashMap<Question, Kept>,
    /// Grows when all are forgotten: what began to be counted before is not kept.
    era: u64,
}

/// What there is of a figure.
enum Have<T> {
    Fresh(T),
    /// Usable, and this caller is the one to count it anew.
    Due(T, u64),
    Nothing(u64),
}

impl Figures {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look<T: Clone + 'static>(&self, question: &Question, now: Instant) -> Have<T> {
        let mut inside = self.inside();
        let era = inside.era;
        let Some(kept) = inside.kept.get_mut(question) else {
            return Have::Nothing(era);
        };
        let age = now.saturating_duration_since(kept.at);
        let Some(figure) = kept.figure.downcast_ref::<T>().cloned() else {
            return Have::Nothing(era);
        };
        if age > USABLE {
            return Have::Nothing(era);
        }
        if age <= FRESH || kept.busy {
            return Have::Fresh(figure);
        }
        kept.busy = true;
        Have::Due(figure, era)
    }

    fn keep<T: Clone + Send + Sync + 'static>(
        &self,
        question: Question,
        counted: &Counted<T>,
        (era, now): (u64, Instant),
    ) {
        let mut inside = self.inside();
        if inside.era != era {
            return;
        }
        if counted.rows < LARGE {
            inside.kept.remove(&question);
            return;
        }
        if inside.kept.len() >= MOST {
            inside
                .kept
                .retain(|_, kept| now.saturating_duration_since(kept.at) <= USABLE);
        }
        if inside.kept.len() >= MOST {
            inside.kept.clear();
        }
        let kept = Kept {
            figure: Arc::new(counted.figure.clone()),
            at: now,
            busy: false,
        };
        inside.kept.insert(question, kept);
    }

    /// After a failed attempt the next caller tries again.
    fn give_up(&self, question: &Question) {
        if let Some(kept) = self.inside().kept.get_mut(question) {
            kept.busy = false;
        }
    }

    fn forget(&self) {
        let mut inside = self.inside();
        inside.era += 1;
        inside.kept.clear();
    }
}

impl Core {
    /// Somebody changed something by hand: the next page counts anew.
    pub fn forget_figures(&self) {
        self.figures().forget();
    }

    /// The answer to a question, counted now unless a usable one of a large fleet is kept.
    pub(crate) async fn figure<T, F>(&self, question: Question, count: F) -> Result<T, Error>
    where
        T: Clone + Send + Sync + 'static,
        F: FnOnce(Core) -> Counting<T> + Send + 'static,
    {
        match self.figures().look::<T>(&question, Instant::now()) {
            Have::Fresh(figure) => Ok(figure),
            Have::Nothing(era) => {
                let counted = count(self.clone()).await?;
                self.figures()
                    .keep(question, &counted, (era, Instant::now()));
                Ok(counted.figure)
            }
            Have::Due(figure, era) => {
                let core = self.clone();
                tokio::spawn(async move {
                    match count(core.clone()).await {
                        Ok(counted) => {
                            let now = (era, Instant::now());
                            core.figures().keep(question, &counted, now);
                        }
                        Err(error) => {
                            tracing::warn!(%error, name = question.name, "a figure could not be counted anew");
                            core.figures().give_up(&question);
                        }
                    }
                });
                Ok(figure)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Question {
        Question {
            name: "devices",
            of: "a/".to_owned(),
        }
    }

    fn large(figure: i64) -> Counted<i64> {
        Counted {
            figure,
            rows: LARGE,
        }
    }

    #[test]
    fn figures_of_few_rows_are_counted_every_time() {
        let (figures, now) = (Figures::default(), Instant::now());
        let few = Counted {
            figure: 7,
            rows: LARGE - 1,
        };
        figures.keep(question(), &few, (0, now));
        assert!(matches!(
            figures.look::<i64>(&question(), now),
            Have::Nothing(_)
        ));
    }

    #[test]
    fn a_fleet_that_shrank_is_counted_every_time_again() {
        let (figures, now) = (Figures::default(), Instant::now());
        figures.keep(question(), &large(7), (0, now));
        let few = Counted { figure: 3, rows: 3 };
        figures.keep(question(), &few, (0, now));
        assert!(matches!(
            figures.look::<i64>(&question(), now),
            Have::Nothing(_)
        ));
    }

    #[test]
    fn an_older_figure_is_shown_while_one_caller_counts_it_anew() {
        let (figures, now) = (Figures::default(), Instant::now());
        figures.keep(question(), &large(7), (0, now));
        let look = |after| figures.look::<i64>(&question(), now + after);
        assert!(matches!(look(FRESH), Have::Fresh(7)));
        let later = FRESH + Duration::from_millis(1);
        assert!(matches!(look(later), Have::Due(7, 0)));
        assert!(matches!(look(later), Have::Fresh(7)), "one is enough");
        figures.give_up(&question());
        assert!(
            matches!(look(later), Have::Due(7, 0)),
            "after it failed, again"
        );
        let old = USABLE + Duration::from_millis(1);
        assert!(matches!(look(old), Have::Nothing(0)));
    }

    #[test]
    fn what_was_counted_before_a_change_is_not_kept() {
        let (figures, now) = (Figures::default(), Instant::now());
        figures.keep(question(), &large(7), (0, now));
        figures.forget();
        assert!(matches!(
            figures.look::<i64>(&question(), now),
            Have::Nothing(1)
        ));
        // It began to be counted before.
        figures.keep(question(), &large(7), (0, now));
        assert!(matches!(
            figures.look::<i64>(&question(), now),
            Have::Nothing(1)
        ));
    }

    #[test]
    fn the_number_of_kept_figures_is_bounded() {
        let (figures, now) = (Figures::default(), Instant::now());
        for n in 0..=MOST {
            let question = question().and(&n.to_string());
            figures.keep(question, &large(7), (0, now));
        }
        assert!(figures.inside().kept.len() <= MOST);
    }
}
