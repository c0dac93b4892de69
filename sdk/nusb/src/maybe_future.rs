//! Actions that are waited for or awaited.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// An action that begins when it is awaited, or when `wait` is called.
#[must_use = "nothing is done before `.await` or `.wait()`"]
pub trait MaybeFuture: IntoFuture<IntoFuture: Send> + Send {
    /// Does it, and returns when it is done.
    fn wait(self) -> Self::Output;

    /// The same action, with `f` applied to what it gives.
    fn map<T: FnOnce(Self::Output) -> R + Unpin + Send, R>(self, f: T) -> Map<Self, T>
    where
        Self: Sized,
    {
        Map { action: self, f }
    }

    /// The same action, with `c` applied to what it gives if it succeeds.
    fn map_ok<C, T, U, E>(self, c: C) -> impl MaybeFuture<Output = Result<U, E>>
    where
        Self: MaybeFuture<Output = Result<T, E>>,
        C: FnOnce(T) -> U + Unpin + Send,
        Self: Sized,
    {
        self.map(|result| result.map(c))
    }

    /// The same action, with `c` applied to its error if it fails.
    fn map_err<C, T, E, F>(self, c: C) -> impl MaybeFuture<Output = Result<T, F>>
    where
        Self: MaybeFuture<Output = Result<T, E>>,
        C: FnOnce(E) -> F + Unpin + Send,
        Self: Sized,
    {
        self.map(|result| result.map_err(c))
    }
}

/// An action of one call to the host.
pub(crate) struct Call<F>(pub(crate) F);

impl<R, F: FnOnce() -> R + Send> IntoFuture for Call<F> {
    type Output = R;
    type IntoFuture = Called<F>;

    fn into_future(self) -> Called<F> {
        Called(Some(self.0))
    }
}

impl<R, F: FnOnce() -> R + Send> MaybeFuture for Call<F> {
    fn wait(self) -> R {
        (self.0)()
    }
}

/// A [`Call`] that is awaited.
pub(crate) struct Called<F>(Option<F>);

// Nothing in it is pinned.
impl<F> Unpin for Called<F> {}

impl<R, F: FnOnce() -> R> Future for Called<F> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<R> {
        let call = self.0.take().expect("a future that has ended was polled");
        Poll::Ready(call())
    }
}

/// What [`MaybeFuture::map`] gives.
pub struct Map<A, T> {
    action: A,
    f: T,
}

impl<A: MaybeFuture, T: FnOnce(A::Output) -> R, R> IntoFuture for Map<A, T> {
    type Output = R;
    type IntoFuture = Mapped<A::IntoFuture, T>;

    fn into_future(self) -> Self::IntoFuture {
        Mapped { future: self.action.into_future(), f: Some(self.f) }
    }
}

impl<A: MaybeFuture, T: FnOnce(A::Output) -> R + Send, R> MaybeFuture for Map<A, T> {
    fn wait(self) -> R {
        (self.f)(self.action.wait())
    }
}

pin_project_lite::pin_project! {
    /// A [`Map`] that is awaited.
    pub struct Mapped<F, T> {
        #[pin]
        future: F,
        f: Option<T>,
    }
}

impl<F: Future, T: FnOnce(F::Output) -> R, R> Future for Mapped<F, T> {
    type Output = R;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let this = self.project();
        let output = ready!(this.future.poll(context));
        let f = this.f.take().expect("a future that has ended was polled");
        Poll::Ready(f(output))
    }
}
