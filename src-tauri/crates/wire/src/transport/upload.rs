use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Bytes handed to the connection at a time.
const STEP: usize = 64 * 1024;

/// A request body that tells how far it has been sent, so that a slow line is
/// not taken for a silent one.
pub(crate) struct Upload {
    rest: Bytes,
    sent: Arc<AtomicU64>,
}

impl Upload {
    pub fn new(body: Bytes) -> (Self, Arc<AtomicU64>) {
        let sent = Arc::new(AtomicU64::new(0));
        let upload = Self {
            rest: body,
            sent: Arc::clone(&sent),
        };
        (upload, sent)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let at = STEP.min(self.rest.len());
        let step = self.rest.split_to(at);
        self.sent.fetch_add(step.len() as u64, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(step))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
