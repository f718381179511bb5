// The visitor's page opens this one with a proof behind "#", which never travels in an address.
export function takeProof(form, note) {
  const proof = decodeURIComponent(location.hash.slice(1));
  if (/^[A-Za-z0-9_-]{20,200}$/.test(proof) && proof !== "main") {
    form.elements.proof.value = proof;
    note.hidden = false;
    history.replaceState(null, "", location.pathname + location.search);
  }
}
