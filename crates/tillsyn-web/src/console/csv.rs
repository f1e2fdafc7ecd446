//! Lists as files: written while they are read, so that a hundred thousand rows need no more room than one page.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use http::header;
use tillsyn_core::Error;
use tillsyn_core::lists::{csv_file, csv_lines};

use crate::ui::urls;

/// The mark that tells spreadsheets the encoding, the address of the list if `comment` asks for it, the names of
/// the columns.
pub(crate) fn begin(query: &urls::Query, list: &str, head: Vec<String>) -> Result<Vec<u8>, Error> {
    let mut lines = Vec::new();
    if query.get("comment") == Some("1") {
        lines.push(vec![format!("# {list}")]);
    }
    lines.push(head);
    csv_file(&lines)
}

enum Step<S, N> {
    Begin(Vec<u8>, S),
    Next(N),
}

/// Rows with what comes behind them.
pub(crate) type Rows<S> = Option<(Vec<Vec<String>>, S)>;

/// A CSV to save: `begin`, then what `next` gives until it gives nothing. A failure on the way breaks the answer
/// off.
pub(crate) fn answer<S, F, N>(name: &str, begin: Vec<u8>, state: S, next: F) -> Response
where
    S: Send + 'static,
    F: Fn(S) -> N + Send + 'static,
    N: Future<Output = Result<Rows<S>, Error>> + Send + 'static,
{
    let pieces = stream::try_unfold((Some(begin), state), move |(begin, state)| {
        let step = match begin {
            Some(piece) => Step::Begin(piece, state),
            None => Step::Next(next(state)),
        };
        async move {
            let (piece, state) = match step {
                Step::Begin(piece, state) => (piece, state),
                Step::Next(coming) => match coming.await? {
                    Some((rows, state)) => (csv_lines(&rows)?, state),
                    None => return Ok::<_, Error>(None),
                },
            };
            Ok(Some((piece, (None, state))))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}

/// Rows with the place behind them, where there is more.
pub(crate) type Lines = (Vec<Vec<String>>, Option<String>);

/// The same for a list that is read by its places: `read` gives what is behind one, from the beginning for none.
pub(crate) fn pages<F, N>(name: &str, begin: Vec<u8>, read: F) -> Response
where
    F: Fn(Option<String>) -> N + Send + 'static,
    N: Future<Output = Result<Lines, Error>> + Send + 'static,
{
    let first = Some(None::<String>);
    answer(name, begin, first, move |place| {
        let coming = place.map(&read);
        async move {
            let Some(coming) = coming else {
                return Ok::<_, Error>(None);
            };
            let (lines, next) = coming.await?;
            Ok(Some((lines, next.map(Some))))
        }
    })
}
