/** File inputs that send what is chosen at once: `data-put` says where to, `data-org` for whom. */
import { call, Problem } from "../lib/api";
import { sentence } from "../lib/words";

for (const input of document.querySelectorAll<HTMLInputElement>("input[data-put]")) {
  input.addEventListener("change", () => void send(input));
}

async function send(input: HTMLInputElement): Promise<void> {
  const [file] = input.files ?? [];
  if (!file) return;
  const told = input.closest("section")!.querySelector<HTMLElement>("[data-told]")!;
  const tell = (words: string, isProblem: boolean) => {
    told.textContent = words;
    told.classList.toggle("is-problem", isProblem);
    told.hidden = false;
  };
  tell("Sending…", false);
  input.disabled = true;
  try {
    await call(input.dataset["put"]!, { method: "PUT", body: file, orgId: input.dataset["org"]! });
    location.reload();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tell(sentence(error.detail), true);
    input.disabled = false;
    input.value = "";
  }
}
