// Files chosen for a form: large photos are made smaller here, before anything is sent, and what is
// too large all the same is said at once. The server looks again.
const LARGEST = 2 * 1024 * 1024;
const MOST = 4 * 1024 * 1024 - 64 * 1024;
const WIDEST = 2400;
const QUALITY = 0.85;

/** Return a photo of at most 2400 points on its longer side, as JPEG; as it was if it cannot be. */
export async function smaller(file) {
  try {
    const photo = await createImageBitmap(file);
    const scale = Math.min(1, WIDEST / Math.max(photo.width, photo.height));
    const canvas = new OffscreenCanvas(photo.width * scale, photo.height * scale);
    canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
    photo.close();
    const made = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    const name = file.name.replace(/\.\w+$/, "") + ".jpg";
    return made.size < file.size ? new File([made], name, { type: made.type }) : file;
  } catch {
    return file;
  }
}

/** Say which of two limits some files break: "one", "all" or "". */
export function tooLarge(files) {
  if (files.some((file) => file.size > LARGEST)) return "one";
  return files.reduce((sum, file) => sum + file.size, 0) > MOST ? "all" : "";
}

const input = document.querySelector("[data-files]");
if (input) {
  const said = document.querySelector("[data-files-problem]");
  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    const large = (file) => file.type.startsWith("image/") && file.size > LARGEST;
    if (chosen.some(large)) {
      const kept = new DataTransfer();
      for (const file of chosen) kept.items.add(large(file) ? await smaller(file) : file);
      input.files = kept.files;
    }
    const problem = tooLarge([...input.files]);
    const words = { one: said.dataset.one, all: said.dataset.all, "": "" }[problem];
    said.textContent = words;
    input.setCustomValidity(words);
  });
}
