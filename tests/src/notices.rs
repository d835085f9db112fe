//! The notification service of a desktop: it shows nothing, and tells the test what it was asked to show.

use crate::desktop::Desktop;
use crate::window::PATIENCE;
use service::Service;
use tokio::sync::mpsc;
use zbus::object_server::SignalEmitter;

const PATH: &str = "/org/freedesktop/Notifications";

/// A notice that the desktop was asked to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its number on this desktop.
    pub number: u32,
    /// First line.
    pub title: String,
    /// Second line.
    pub body: String,
}

mod service {
    #![allow(missing_docs, reason = "the macro writes a trait of signals without a word")]

    use super::Shown;
    use std::collections::HashMap;
    use tokio::sync::mpsc;
    use zbus::object_server::SignalEmitter;
    use zbus::zvariant::OwnedValue;

    pub(super) struct Service {
        pub(super) say: mpsc::UnboundedSender<Shown>,
        pub(super) given: u32,
    }

    #[zbus::interface(name = "org.freedesktop.Notifications")]
    impl Service {
        #[allow(clippy::too_many_arguments, reason = "the interface is the desktop's")]
        fn notify(
            &mut self,
            _app: String,
            replaces: u32,
            _icon: String,
            title: String,
            body: String,
            _actions: Vec<String>,
            _hints: HashMap<String, OwnedValue>,
            _expires: i32,
        ) -> u32 {
            self.given += u32::from(replaces == 0);
            let number = if replaces == 0 { self.given } else { replaces };
            // Nobody may be listening any more.
            let _ = self.say.send(Shown { number, title, body });
            number
        }

        fn close_notification(&self, _number: u32) {}

        fn get_capabilities(&self) -> Vec<String> {
            vec!["actions".into(), "body".into(), "body-markup".into()]
        }

        fn get_server_information(&self) -> (String, String, String, String) {
            ("Notices of a test".into(), "Fairlead".into(), "1".into(), "1.2".into())
        }

        #[zbus(signal)]
        pub(super) async fn action_invoked(emitter: &SignalEmitter<'_>, number: u32, action: &str) -> zbus::Result<()>;
    }
}

/// What a desktop was asked to show.
pub struct Notices {
    bus: zbus::Connection,
    shown: mpsc::UnboundedReceiver<Shown>,
}

impl Notices {
    /// Takes the service's place on a desktop that has none.
    ///
    /// # Panics
    /// When the bus does not let it.
    pub async fn of(desktop: &Desktop) -> Self {
        let (say, shown) = mpsc::unbounded_channel();
        let builder = zbus::connection::Builder::address(desktop.bus()).expect("an address");
        let builder = builder.serve_at(PATH, Service { say, given: 0 }).expect("a service");
        let builder = builder.name("org.freedesktop.Notifications").expect("a name");
        Self { bus: builder.build().await.expect("the service is on the bus"), shown }
    }

    /// The next one.
    ///
    /// # Panics
    /// When none comes.
    pub async fn next(&mut self) -> Shown {
        tokio::time::timeout(PATIENCE, self.shown.recv()).await.expect("a notice is shown").expect("the service lives")
    }

    /// A person presses it.
    ///
    /// # Panics
    /// When the bus is gone.
    pub async fn press(&self, notice: &Shown) {
        let emitter = SignalEmitter::new(&self.bus, PATH).expect("a path");
        Service::action_invoked(&emitter, notice.number, "default").await.expect("said on the bus");
    }
}
