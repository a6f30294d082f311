import "./styles/main.css";
import type { VsCodeApi } from "./app.ts";
import "./app.ts";
import { registerControls } from "./controls.ts";

declare function acquireVsCodeApi(): VsCodeApi;

registerControls();
document.querySelector("flujo-lens-app")?.connect(acquireVsCodeApi());
