//! A team on a real PostgreSQL: what the database itself holds to, and what `fairlead` says of it.

#![cfg(target_os = "linux")]

mod joined;
mod news;
mod outbox;
mod pace;
mod rights;
mod setting_up;
mod support;
mod webhooks;
mod workers;
