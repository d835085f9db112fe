//! The keyring of a desktop from outside: what lies in it, who locks it, and what a person does at its prompt.

use crate::desktop::Desktop;
use crate::window::PATIENCE;
use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, Window};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

const NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "/org/freedesktop/secrets";
/// What Fairlead files its entries under.
const OURS: &str = "app.fairlead.desktop";

/// Session, parameters, secret, kind of content.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// Another program of the same person, at the keyring.
pub struct Keyring {
    bus: zbus::Connection,
    session: OwnedObjectPath,
}

impl Keyring {
    /// Opens a session with the keyring that a desktop has now.
    ///
    /// # Panics
    /// When there is none.
    pub async fn of(desktop: &Desktop) -> Self {
        let bus = bus_of(desktop).await;
        let plain = ("plain", Value::from(""));
        let (_, session): (OwnedValue, OwnedObjectPath) =
            call(&bus, SERVICE, "org.freedesktop.Secret.Service", "OpenSession", &plain).await;
        Self { bus, session }
    }

    async fn find(&self, slot: &str) -> Option<OwnedObjectPath> {
        let wanted = HashMap::from([("service", OURS), ("username", slot)]);
        let (unlocked, _): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            call(&self.bus, SERVICE, "org.freedesktop.Secret.Service", "SearchItems", &wanted).await;
        unlocked.into_iter().next()
    }

    /// What lies in a slot of Fairlead's.
    ///
    /// # Panics
    /// When there is nothing.
    pub async fn read(&self, slot: &str) -> Vec<u8> {
        let item = self.find(slot).await.unwrap_or_else(|| panic!("something lies in {slot}"));
        let (_, _, bytes, _): Secret = call(&self.bus, &item, "org.freedesktop.Secret.Item", "GetSecret", &self.session).await;
        bytes
    }

    /// Puts something else there.
    ///
    /// # Panics
    /// When the keyring refuses.
    pub async fn put(&self, slot: &str, bytes: &[u8]) {
        let secret: Secret = (self.session.clone(), vec![], bytes.to_vec(), "application/octet-stream".to_owned());
        if let Some(item) = self.find(slot).await {
            return call(&self.bus, &item, "org.freedesktop.Secret.Item", "SetSecret", &(secret,)).await;
        }
        let attributes = HashMap::from([("service", OURS), ("username", slot)]);
        let properties = HashMap::from([
            ("org.freedesktop.Secret.Item.Label", Value::from(slot)),
            ("org.freedesktop.Secret.Item.Attributes", Value::from(attributes)),
        ]);
        let collection = self.collection().await;
        let _: (OwnedObjectPath, OwnedObjectPath) =
            call(&self.bus, &collection, "org.freedesktop.Secret.Collection", "CreateItem", &(properties, secret, true)).await;
    }

    /// Takes away what lies there.
    ///
    /// # Panics
    /// When there is nothing, or the keyring refuses.
    pub async fn remove(&self, slot: &str) {
        let item = self.find(slot).await.unwrap_or_else(|| panic!("something lies in {slot}"));
        let _: OwnedObjectPath = call(&self.bus, &item, "org.freedesktop.Secret.Item", "Delete", &()).await;
    }

    /// Locks it.
    ///
    /// # Panics
    /// When it does not lock.
    pub async fn lock(&self) {
        let all = [self.collection().await];
        let (locked, _): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            call(&self.bus, SERVICE, "org.freedesktop.Secret.Service", "Lock", &&all[..]).await;
        assert_eq!(locked, all, "it is locked at once");
    }

    async fn collection(&self) -> OwnedObjectPath {
        call(&self.bus, SERVICE, "org.freedesktop.Secret.Service", "ReadAlias", &"default").await
    }
}

async fn bus_of(desktop: &Desktop) -> zbus::Connection {
    let address = zbus::connection::Builder::address(desktop.bus()).expect("an address");
    address.build().await.expect("the session bus")
}

async fn call<B, R>(bus: &zbus::Connection, path: &str, interface: &str, method: &str, body: &B) -> R
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
    R: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
{
    let answer = bus.call_method(Some(NAME), path, Some(interface), method, body).await;
    let answer = answer.unwrap_or_else(|error| panic!("{method}: {error}"));
    answer.body().deserialize().unwrap_or_else(|error| panic!("{method}: {error}"))
}

impl Desktop {
    /// The keyring goes, and one in another folder comes: what a person meets who moved to another desktop. The usual folder brings the first one back.
    ///
    /// # Panics
    /// When the one does not go or the other does not come.
    pub async fn change_keyring(&mut self, folder: &str) {
        let old = self.keyring.take().expect("a keyring");
        self.running.retain(|running| running.child.id() != old);
        let bus = bus_of(self).await;
        let names = zbus::fdo::DBusProxy::new(&bus).await.expect("the bus");
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        let gone = async {
            while names.name_has_owner(NAME.try_into().expect("a name")).await.expect("the bus answers") {
                beat.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, gone).await.expect("the keyring goes");
        self.unlock_a_keyring(&self.folder().join(folder));
    }

    /// The keyring may open no file any more, as on a computer that has run out of something: what it holds it still gives. Undone by `None`.
    ///
    /// # Panics
    /// When the system does not let us.
    pub fn keyring_may_open(&self, files: Option<u32>) {
        let limit = format!("--nofile={}:", files.unwrap_or(1024));
        let pid = self.keyring.expect("a keyring").to_string();
        let set = Command::new("prlimit").args(["--pid", &pid, &limit]).status().expect("prlimit");
        assert!(set.success(), "the limit is set");
    }

    /// Waits for the keyring's prompt, and closes it as a person does who does not want to.
    ///
    /// # Panics
    /// When the display does not let us.
    pub async fn close_the_prompt(&self) {
        let (display, screen) = x11rb::connect(Some(self.display())).expect("the display");
        let root = display.setup().roots[screen].root;
        let atom = |name: &str| display.intern_atom(false, name.as_bytes()).expect("asked").reply().expect("an atom").atom;
        let (protocols, delete) = (atom("WM_PROTOCOLS"), atom("WM_DELETE_WINDOW"));
        let is_prompt = |window: Window| {
            let class = display.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 64).ok()?.reply().ok()?;
            let is_shown =
                display.get_window_attributes(window).ok()?.reply().ok()?.map_state == x11rb::protocol::xproto::MapState::VIEWABLE;
            (is_shown && String::from_utf8_lossy(&class.value).to_lowercase().contains("gcr-prompter")).then_some(())
        };
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        loop {
            beat.tick().await;
            let windows = display.query_tree(root).expect("asked").reply().expect("windows").children;
            if let Some(prompt) = windows.into_iter().find(|window| is_prompt(*window).is_some()) {
                let close = ClientMessageEvent::new(32, prompt, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
                // It may have gone meanwhile.
                let _ = display.send_event(false, prompt, EventMask::NO_EVENT, close).expect("asked").check();
            }
        }
    }
}
