// Photos that are larger than the shop takes, made smaller before they are sent.

const LONGEST_SIDE = 2560; // pixels; twice as wide as what the shop shows
const SHORTEST_SIDE = 320; // no photo is made smaller than that
const SMALLER = 0.8;
const QUALITIES = [0.85, 0.75, 0.65];
const EXTENSIONS = { "image/jpeg": "jpg", "image/webp": "webp", "image/png": "png" };

// Resolves to the file in fewer bytes than `limit`, with its width and height; to null where the browser
// cannot read it, or cannot make it that small.
export async function shrunk(file, limit) {
  let bitmap;
  try {
    // Upright, whatever its Exif data say: a canvas writes none.
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  try {
    return await fitted(bitmap, file.name, limit);
  } finally {
    bitmap.close();
  }
}

async function fitted(bitmap, name, limit) {
  const longest = Math.max(bitmap.width, bitmap.height);
  const types = isTransparent(bitmap) ? ["image/webp", "image/png"] : ["image/jpeg"];
  let side = Math.min(longest, LONGEST_SIDE);
  // One that is small already has fewer bytes once it is written anew.
  do {
    const canvas = drawn(bitmap, side / longest);
    for (const type of types) {
      const blob = await encoded(canvas, type, limit);
      if (blob) return { file: named(blob, name), width: canvas.width, height: canvas.height };
    }
    side *= SMALLER;
  } while (side >= SHORTEST_SIDE);
  return null;
}

function drawn(bitmap, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function encoded(canvas, type, limit) {
  // A PNG has no quality to give up.
  for (const quality of type === "image/png" ? [1] : QUALITIES) {
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, quality));
    // A browser that cannot write a format writes a PNG instead.
    if (blob?.type !== type) return null;
    if (blob.size <= limit) return blob;
  }
  return null;
}

function isTransparent(bitmap) {
  const { width, height } = bitmap;
  const canvas = drawn(bitmap, Math.min(1, 256 / Math.max(width, height)));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, index) => index % 4 === 3 && value < 255);
}

function named(blob, name) {
  const stem = name.replace(/\.[^.]*$/, "") || "photo";
  return new File([blob], `${stem}.${EXTENSIONS[blob.type]}`, { type: blob.type });
}
