// What the page asks of the shop, and what the shop's refusals mean to people.

const PRODUCTS_SHOWN = 8;

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Shop {
  constructor(address) {
    const url = new URL(address);
    if (!/^https?:$/.test(url.protocol)) throw new TypeError("Not an http address");
    this.address = url.href.replace(/\/+$/, "");
    this.token = null;
  }

  async signIn(username, password) {
    const { access } = await this.ask("/auth/jwt/create/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    this.token = access;
  }

  // Without the token: everybody may read, and one that has expired would be refused here too.
  findProducts(text, signal) {
    const query = new URLSearchParams({ search: text, page_size: PRODUCTS_SHOWN });
    return this.ask(`/store/products/?${query}`, { signal });
  }

  pictures(product) {
    return this.ask(`/store/products/${product.id}/images/`);
  }

  async ask(path, options = {}) {
    let response;
    try {
      response = await fetch(this.address + path, { credentials: "omit", ...options });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw this.away();
    }
    const body = await response.text();
    if (!response.ok) throw refusal(response.status, body, response.headers.get("Retry-After"));
    return parsed(body);
  }

  // fetch() tells nothing of how much has been sent; XMLHttpRequest does.
  addPicture(product, file, { alt, onProgress, signal }) {
    const form = new FormData();
    form.append("image", file);
    form.append("alt", alt);
    const request = new XMLHttpRequest();
    return new Promise((resolve, reject) => {
      request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
      request.onload = () => {
        const { status, responseText } = request;
        if (status === 201) resolve(parsed(responseText));
        else reject(refusal(status, responseText, request.getResponseHeader("Retry-After")));
      };
      request.onerror = () => reject(this.away());
      request.onabort = () => reject(new Refusal(0, "Cancelled; nothing was added."));
      signal.addEventListener("abort", () => request.abort());
      request.open("POST", `${this.address}/store/products/${product.id}/images/`);
      request.setRequestHeader("Authorization", `JWT ${this.token}`);
      request.send(form);
    });
  }

  away() {
    return new Refusal(
      0,
      `The shop at ${this.address} cannot be reached. Check the network, the address, and that the ` +
        "shop lets this page in (CORS_ALLOWED_ORIGINS).",
    );
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusal(status, text, retryAfter) {
  return new Refusal(status, reason(status, parsed(text) ?? {}, retryAfter));
}

function reason(status, body, retryAfter) {
  if (status === 403) return "Your account may not add pictures: that is for staff.";
  if (status === 404) return "The product is not there any more.";
  if (status === 413) return "The picture is too large for the server in front of the shop.";
  if (status === 429) return `Too many attempts. Try again in ${retryAfter ?? "some"} seconds.`;
  if (typeof body.detail === "string") return body.detail;
  const messages = Object.values(body).flat().filter((value) => typeof value === "string");
  if (status === 400 && messages.length) return messages.join(" ");
  return `The shop could not do this (it answered ${status}). Please try again.`;
}
