// Passkeys (W3C WebAuthn Level 3): hands what the centre asks to the browser, and the answer back in the form.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function makePasskey(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = made.response;
  const response = { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) };
  return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response };
}

async function usePasskey(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const used = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
  const response = {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  };
  return { id: used.id, rawId: text(used.rawId), type: used.type, clientExtensionResults: {}, response };
}

async function optionsOf(button) {
  if (button.dataset.options) return JSON.parse(button.dataset.options);
  const body = new URLSearchParams(new FormData(button.form));
  const answer = await fetch(button.dataset.challenge, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

for (const button of document.querySelectorAll("button[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const form = button.form;
    for (const field of form.querySelectorAll("input:not([name=code])")) if (!field.reportValidity()) return;
    button.disabled = true;
    try {
      const options = await optionsOf(button);
      const answer = await (button.dataset.passkey === "make" ? makePasskey(options) : usePasskey(options));
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      form.querySelector("[data-failed]").hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}
