/**
 * Addresses and the pages behind them. Each page is a file of its own that loads when it is first opened.
 * The addresses are fixed: the Langfuse SDKs print them.
 */

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiError, baseUrl } from "@/api/client";
import { meQuery } from "@/api/queries";
import { PageError } from "@/app/PageError";
import { readPreference } from "@/app/preferences";
import { Shell } from "@/app/Shell";
import { parseSearch, pickSearch, stringifySearch } from "@/app/search";
import { NotFoundPage } from "@/pages/not-found/NotFoundPage";
import { LIST_SEARCH } from "@/pages/traces/list/search";

interface Context {
  queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>) => pickSearch(search, ["next"]),
  component: lazyRouteComponent(() => import("@/pages/login/LoginPage"), "LoginPage"),
});

/** Everything but the login needs a viewer. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.queryClient.ensureQueryData(meQuery) };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const next = location.pathname === "/" ? {} : { next: location.publicHref };
      throw redirect({ to: "/login", search: next });
    }
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  beforeLoad: ({ context }) => {
    const { projects } = context.me;
    const last = projects.find((project) => project.id === readPreference("project")) ?? projects[0];
    if (last) throw redirect({ to: "/project/$projectId/traces", params: { projectId: last.id }, replace: true });
  },
  component: lazyRouteComponent(() => import("@/pages/not-found/NoProjectPage"), "NoProjectPage"),
});

const project = createRoute({
  getParentRoute: () => signedIn,
  path: "/project/$projectId",
});

const projectHome = createRoute({
  getParentRoute: () => project,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/project/$projectId/traces", params, replace: true });
  },
});

const traces = createRoute({
  getParentRoute: () => project,
  path: "/traces",
  validateSearch: (search: Record<string, unknown>) => pickSearch(search, LIST_SEARCH),
  component: lazyRouteComponent(() => import("@/pages/traces/list/TracesPage"), "TracesPage"),
});

const trace = createRoute({
  getParentRoute: () => project,
  path: "/traces/$traceId",
  validateSearch: (search: Record<string, unknown>) => pickSearch(search, ["observation", "view", "find"]),
  component: lazyRouteComponent(() => import("@/pages/traces/detail/TracePage"), "TracePage"),
});

const session = createRoute({
  getParentRoute: () => project,
  path: "/sessions/$sessionId",
  component: lazyRouteComponent(() => import("@/pages/sessions/SessionPage"), "SessionPage"),
});

const user = createRoute({
  getParentRoute: () => project,
  path: "/users/$userId",
  validateSearch: (search: Record<string, unknown>) => pickSearch(search, LIST_SEARCH),
  component: lazyRouteComponent(() => import("@/pages/users/UserPage"), "UserPage"),
});

const datasets = createRoute({
  getParentRoute: () => project,
  path: "/datasets",
  component: lazyRouteComponent(() => import("@/pages/datasets/DatasetsPage"), "DatasetsPage"),
});

const dataset = createRoute({
  getParentRoute: () => project,
  path: "/datasets/$datasetId",
  component: lazyRouteComponent(() => import("@/pages/datasets/DatasetPage"), "DatasetPage"),
});

const run = createRoute({
  getParentRoute: () => project,
  path: "/datasets/$datasetId/runs/$runId",
  component: lazyRouteComponent(() => import("@/pages/datasets/runs/RunPage"), "RunPage"),
});

/** What clients that compute the id of a run themselves print; the run need not belong to a dataset. */
const experiment = createRoute({
  getParentRoute: () => project,
  path: "/experiments/results",
  validateSearch: (search: Record<string, unknown>) => pickSearch(search, ["baseline"]),
  component: lazyRouteComponent(() => import("@/pages/datasets/runs/ExperimentPage"), "ExperimentPage"),
});

/** Of its own, so that the list is not taken for a prompt without a name. */
const promptArea = createRoute({
  getParentRoute: () => project,
  path: "/prompts",
});

const prompts = createRoute({
  getParentRoute: () => promptArea,
  path: "/",
  validateSearch: (search: Record<string, unknown>) => pickSearch(search, ["q", "tag"]),
  component: lazyRouteComponent(() => import("@/pages/prompts/PromptsPage"), "PromptsPage"),
});

/** The rest of the path is the name: names hold slashes. */
const prompt = createRoute({
  getParentRoute: () => promptArea,
  path: "/$",
  validateSearch: (search: Record<string, unknown>) => pickSearch(search, ["version", "label", "view"]),
  component: lazyRouteComponent(() => import("@/pages/prompts/PromptPage"), "PromptPage"),
});

/** The short link of older clients, which names no project. */
const shortTrace = createRoute({
  getParentRoute: () => signedIn,
  path: "/trace/$traceId",
  validateSearch: (search: Record<string, unknown>) => pickSearch(search, ["observation"]),
  component: lazyRouteComponent(() => import("@/pages/traces/detail/ShortTracePage"), "ShortTracePage"),
});

const routeTree = root.addChildren([
  login,
  signedIn.addChildren([
    home,
    project.addChildren([
      projectHome,
      traces,
      trace,
      session,
      user,
      datasets,
      dataset,
      run,
      experiment,
      promptArea.addChildren([prompts, prompt]),
    ]),
    shortTrace,
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    basepath: new URL(baseUrl()).pathname,
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: false,
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: PageError,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
