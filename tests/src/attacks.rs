//! Returns as an attacker sends them.

/// What somebody could send who has seen the good address `state` and one that was used. `port` is the one of the page that browsers land on.
///
/// # Panics
/// When `state` is shorter than the ones we make.
#[must_use]
pub fn returns(state: &str, used: &str, port: u16) -> Vec<String> {
    let stranger = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let ours = format!("state={state}");
    let mut all: Vec<String> = [
        "fairlead://return",
        "fairlead://return?",
        "fairlead://return?state=",
        "fairlead:return?OURS",
        "fairlead:/return?OURS",
        "fairlead:///return?OURS",
        "fairlead://return/?OURS",
        "fairlead://return/..?OURS",
        "fairlead://return/return?OURS",
        "fairlead://evil/return?OURS",
        "fairlead://return@evil/?OURS",
        "fairlead://evil@return?OURS",
        "fairlead://user:pass@return?OURS",
        "fairlead://return:80?OURS",
        "fairlead://return?OURS#fragment",
        "FAIRLEAD://return?OURS",
        "Fairlead://Return?OURS",
        "fairlead2://return?OURS",
        "xfairlead://return?OURS",
        "fairlead://return?STATE=1&OURS&OURS",
        "fairlead://return?OURS&OURS",
        "fairlead://return?OURS&state=",
        "fairlead://return?state=&OURS",
        "fairlead://return?OURS&statuscode=999",
        "fairlead://return?OURS&statuscode=200&statuscode=403",
        "fairlead://return?OURS&statuscode=",
        "fairlead://return?OURS&statuscode=2e2",
        "fairlead://return?OURS&companyId=STRANGER",
        "fairlead://return?OURS&connectionId=STRANGER",
        "fairlead://return?OURS&companyId=..",
        "fairlead://return?OURS&companyId=%00",
        "fairlead://return?OURS&companyId=*",
        "fairlead://return?OURS&connectionId=1%20OR%201=1",
        "fairlead://return?OURS%20",
        "fairlead://return?%20OURS",
        "fairlead://return?OURS%00",
        "fair lead://return?OURS",
        "fairlead://re\tturn?OURS",
        "fairlead://return?\nOURS",
        "fairlead://return?OURS\r\nHost:%20evil",
        "fairlead://return\u{2044}?OURS",
        "fairlead://return?OURS\u{202e}",
        "fairlead://\u{ff52}eturn?OURS",
        "fairlead://return?st%61te=x&OURS&state=y",
        "https://fairlead/return?OURS",
        "https://evil.example/return?OURS",
        "http://localhost:PORT/return?OURS",
        "http://127.0.0.1:1/return?OURS",
        "http://127.1:PORT/return?OURS",
        "http://2130706433:PORT/return?OURS",
        "http://[::1]:PORT/return?OURS",
        "http://0.0.0.0:PORT/return?OURS",
        "http://127.0.0.1:PORT/return/?OURS",
        "http://127.0.0.1:PORT//return?OURS",
        "http://127.0.0.1:PORT/other?OURS",
        "http://x@127.0.0.1:PORT/return?OURS",
        "https://127.0.0.1:PORT/return?OURS",
        "file:///etc/passwd",
        "javascript:alert(1)//OURS",
        "data:text/html,OURS",
        "mailto:x?OURS",
        "fairlead://return?OURS&a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=1&k=2&l=3&m=4&n=5&o=6&p=7&q=8",
    ]
    .map(|text| text.replace("OURS", &ours).replace("STRANGER", stranger).replace("PORT", &port.to_string()))
    .into();
    all.push(format!("fairlead://return?state={used}"));
    all.push(format!("fairlead://return?state={}", &state[..42]));
    all.push(format!("fairlead://return?state={state}A"));
    all.push(format!("fairlead://return?state={}", state.to_lowercase()));
    all.push(format!("fairlead://return?state={}", state.chars().rev().collect::<String>()));
    all.push(format!("fairlead://return?{ours}&x={}", "y".repeat(4_000)));
    all
}
