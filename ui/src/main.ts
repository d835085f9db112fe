import { mount } from "svelte";
import App from "./App.svelte";
import { connect } from "./bridge/connect";
import "./styles/app.css";

void connect().then(() => mount(App, { target: document.getElementById("app") as HTMLElement }));
