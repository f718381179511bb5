// The form of a word: some work for its ticket while somebody writes, a smaller picture, and the mark "was here".
// Without this script the form is sent all the same, after a short wait.
import { solve } from "./work.js";
import { takeProof } from "./proof.js";
import { shrinkChosen } from "./picture.js";

const form = document.getElementById("word");
takeProof(form, document.getElementById("there"));
shrinkChosen(form.elements.picture);
solve(form.elements.ticket.value, (found) => { form.elements.work.value = found; });
