import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "@/api/client";
import { createQueryClient } from "@/api/queries";
import { createAppRouter } from "./router";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";

const queryClient = createQueryClient();
const router = createAppRouter(queryClient);

// A session can end while a page is open: whatever was asked next leads to the login and back.
queryClient.getQueryCache().subscribe((event) => {
  if (event.type !== "updated" || event.action.type !== "error") return;
  const { error } = event.action;
  if (!(error instanceof ApiError) || error.status !== 401 || event.query.queryKey[0] === "me") return;
  const { publicHref, pathname } = router.state.location;
  if (pathname === "/login") return;
  queryClient.removeQueries({ queryKey: ["me"] });
  void router.navigate({ to: "/login", search: { next: publicHref } });
});

// Code and payloads are set in this font. Fetched while the first page is read, it is there when a trace is opened.
void document.fonts.load('12px "JetBrains Mono"').catch(() => undefined);

const container = document.getElementById("root");
if (container === null) throw new Error("index.html has no #root");
createRoot(container).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
