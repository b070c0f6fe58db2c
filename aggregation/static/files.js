// Files chosen for a form: large photos are made smaller here, before anything is sent, and what is
// too large all the same is said at once. The server looks again.
const LARGEST = 2 * 1024 * 1024;
const MOST = 4 * 1024 * 1024 - 64 * 1024;
const WIDTHS = [2400, 1800, 1200];
const QUALITY = 0.85;

async function drawn(photo, widest) {
  const scale = Math.min(1, widest / Math.max(photo.width, photo.height));
  const canvas = new OffscreenCanvas(photo.width * scale, photo.height * scale);
  canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

/** Return a photo as a JPEG that is small enough to be kept; as it was if it cannot be drawn. */
export async function smaller(file) {
  try {
    const photo = await createImageBitmap(file);
    for (const widest of WIDTHS) {
      const made = await drawn(photo, widest);
      if (made.size <= LARGEST) {
        return new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: made.type });
      }
    }
    return file;
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
