// Asks the server. Says once, to whoever listens, that the session has ended or that there were too many requests.

const listeners = { ended: [], busy: [], left: [], closed: [] };
let csrf = "";
let bearer = "";

/**
 * `ended`: the session is over; `busy`: too many requests (seconds); `left`: seconds until the session is idle;
 * `closed`: the site is closed (heading and text).
 */
export const listen = (what, heard) => listeners[what].push(heard);
const tell = (what, ...details) => listeners[what].forEach((heard) => heard(...details));

export const useCsrf = (token) => { csrf = token; };
export const useBearer = (token) => { bearer = token; };

/** The server refused: `status` is HTTP's, `body` what it said. */
export class Refused extends Error {
  constructor(status, body) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** One request; says to whoever listens what the answer means for the session. The answer's JSON, or null, is `said`. */
async function request(method, path, body) {
  const headers = { Accept: "application/json" };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  let answer;
  let said = null;
  try {
    answer = await fetch(path, {
      method, headers, body: body === undefined || isForm ? body : JSON.stringify(body),
      credentials: "same-origin", cache: "no-store",
    });
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) said = await answer.json();
  } catch {
    throw new Refused(0, null);
  }
  const left = Number(answer.headers.get("X-Session-Seconds"));
  if (left) tell("left", left);
  if (answer.status === 401) tell("ended");
  if (said?.closed) tell("closed", said.closed);
  if (answer.status === 429) tell("busy", Number(answer.headers.get("Retry-After") ?? "30"));
  if (!answer.ok) throw new Refused(answer.status, said);
  return { answer, said };
}

export async function ask(method, path, body) {
  const { said } = await request(method, path, body);
  if (said === null) throw new Refused(502, null);
  return said;
}

/** A file, whole, with its name. */
export async function file(path) {
  const { answer } = await request("GET", path);
  const name = answer.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1] ?? "";
  try {
    return { name, blob: await answer.blob() };
  } catch {
    throw new Refused(0, null);
  }
}

export const get = (path) => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);
