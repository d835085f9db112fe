//! Requests as data: each says what to send and how to read the answer; none sends anything.

pub mod banking;
pub mod companies;
pub mod connections;
pub mod data;
pub mod integrations;
pub mod settings;

use crate::error::Error;
use crate::page::Record;
use crate::retry::Kind;
pub use reqwest::Method;
use serde::de::DeserializeOwned;

#[cfg(test)]
mod tests;

/// A request of Codat's API.
pub trait Endpoint {
    /// What a good answer holds.
    type Output;

    /// HTTP method.
    fn method(&self) -> Method;

    /// Path as in the reference, for logs: no ids.
    fn template(&self) -> &'static str;

    /// Path segments; encoded by the client.
    fn segments(&self) -> Vec<&str>;

    /// Query pairs.
    fn query(&self) -> Vec<(&'static str, String)> {
        vec![]
    }

    /// JSON body.
    fn body(&self) -> Option<&[u8]> {
        None
    }

    /// Idempotency key, for POST and PATCH.
    fn idempotency_key(&self) -> Option<&str> {
        None
    }

    /// Which row of the retry table it is. A POST without an idempotency key is one that does no harm twice.
    fn kind(&self) -> Kind {
        match self.method() {
            Method::DELETE => Kind::Delete,
            Method::POST | Method::PATCH if self.idempotency_key().is_some() => Kind::Create,
            _ => Kind::Repeatable,
        }
    }

    /// Reads a good answer.
    ///
    /// # Errors
    /// When the body is not what the reference says.
    fn read(&self, body: Vec<u8>) -> Result<Self::Output, Error>;
}

/// Reads one object.
pub(crate) fn object<T: DeserializeOwned>(body: &[u8], what: &'static str) -> Result<Record<T>, Error> {
    Record::answer(body, what)
}

/// A request whose parts are all known where it is declared.
macro_rules! endpoint {
    ($(#[$doc:meta])* $name:ident $(<$life:lifetime>)? { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? }
     $method:ident $template:expr, |$this:ident| [$($segment:expr),*] $(, query $query:expr)? $(, body $body:expr)? $(, key $key:expr)?
     => $output:ty, $read:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name $(<$life>)? { $($(#[$field_doc])* pub $field: $type),* }

        impl $(<$life>)? crate::endpoint::Endpoint for $name $(<$life>)? {
            type Output = $output;

            fn method(&self) -> crate::endpoint::Method {
                crate::endpoint::Method::$method
            }

            fn template(&self) -> &'static str {
                $template
            }

            fn segments(&self) -> Vec<&str> {
                let $this = self;
                let _ = $this;
                vec![$($segment),*]
            }

            $(fn query(&self) -> Vec<(&'static str, String)> {
                let $this = self;
                let _ = $this;
                $query
            })?

            $(fn body(&self) -> Option<&[u8]> {
                let $this = self;
                let _ = $this;
                Some($body)
            })?

            $(fn idempotency_key(&self) -> Option<&str> {
                let $this = self;
                Some($key)
            })?

            fn read(&self, body: Vec<u8>) -> Result<$output, crate::error::Error> {
                let read: fn(Vec<u8>) -> Result<$output, crate::error::Error> = $read;
                read(body)
            }
        }
    };
}
pub(crate) use endpoint;
