/** Data that the server put into the page as `<script type="application/json" id="...">`. */
export function pageData<T>(id: string): T {
  return JSON.parse(document.getElementById(id)!.textContent!) as T;
}
