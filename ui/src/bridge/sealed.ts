// What is typed in the key window, sealed for the program that opened the window: no buffer on the way holds it as it is. The other half is
// `src-tauri/src/sealed.rs`.
const curve = { name: "ECDH", namedCurve: "P-256" };
const purpose = new TextEncoder().encode("fairlead key window");

/** The letter for a public key in hex: the public half of a pair of its own and what was sealed, as base64. */
export async function sealed(text: string, to: string): Promise<string> {
  const point = Uint8Array.from(to.match(/../g) ?? [], (byte) => parseInt(byte, 16));
  const program = await crypto.subtle.importKey("raw", point, curve, false, []);
  const mine = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: program }, mine.privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const derived = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: purpose };
  const key = await crypto.subtle.deriveKey(derived, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  // The key is of this one letter, so its first number is never used twice.
  const letter = await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, new TextEncoder().encode(text));
  const own = await crypto.subtle.exportKey("raw", mine.publicKey);
  return btoa(String.fromCharCode(...new Uint8Array(own), ...new Uint8Array(letter)));
}
