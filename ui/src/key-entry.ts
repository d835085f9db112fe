import { mount } from "svelte";
import { connect } from "./bridge/connect";
import KeyEntry from "./screens/KeyEntry.svelte";
import "./styles/app.css";

void connect().then(() => mount(KeyEntry, { target: document.getElementById("app") as HTMLElement }));
