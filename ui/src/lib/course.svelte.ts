// The training course, which only the demo has: kept here, since its panel stands above every screen.
import { call } from "../bridge/commands";
import type { CourseCheck, CourseStep, CourseView, WireError } from "../bridge/types";
import { asWireError } from "./errors";

export const course = $state<{ view: CourseView | null; checked: CourseCheck | null; busy: string; error: WireError | null }>({
  view: null, checked: null, busy: "", error: null,
});

export function forgetCourse(): void {
  Object.assign(course, { view: null, checked: null, busy: "", error: null });
}

/** Looks. A look also lets a bank go on that waited for somebody, so it is asked again when something moved. */
export async function lookAtCourse(): Promise<void> {
  if (course.busy) return;
  try {
    course.view = await call.course({ kind: "look" });
    course.error = null;
  } catch (caught) {
    if (!course.view) course.error = asWireError(caught);
  }
}

/** `busy` names the button that was pressed. */
export async function courseStep(step: CourseStep, busy: string = step.kind): Promise<void> {
  if (course.busy) return;
  course.busy = busy;
  course.error = null;
  try {
    course.view = await call.course(step);
    if (step.kind !== "hint") course.checked = course.view.running?.checked ?? null;
  } catch (caught) {
    course.error = asWireError(caught);
  } finally {
    course.busy = "";
  }
}
