/** The login. Says what the server said when it refuses, and goes where the viewer wanted to go. */

import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError, login } from "@/api/client";
import { useTitle } from "@/app/hooks";
import { Button } from "@/components/Button";
import { Mark } from "@/components/icons";
import styles from "./LoginPage.module.css";

/** Only a path on this server: `//elsewhere` and `https:` would lead away. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}

function describe(error: unknown): string {
  if (error instanceof ApiError) return [error.message, error.hint].filter(Boolean).join(" ");
  return error instanceof Error ? error.message : String(error);
}

export function LoginPage() {
  useTitle("Sign in");
  const { next } = useSearch({ from: "/login" });
  const router = useRouter();
  const queryClient = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setIsBusy(true);
    setProblem(null);
    try {
      await login(String(fields.get("email")), String(fields.get("password")));
      queryClient.clear();
      router.history.push(safeNext(next));
    } catch (error) {
      setProblem(describe(error));
      setIsBusy(false);
    }
  };

  return (
    <main className={styles["page"]}>
      <form className={styles["card"]} onSubmit={(event) => void submit(event)}>
        <h1 className={styles["heading"]}>
          <Mark size={30} />
          Spanwise
        </h1>
        <label className={styles["field"]}>
          E-mail
          <input
            // biome-ignore lint/a11y/noAutofocus: the page holds this form and nothing else
            autoFocus
            name="email"
            type="email"
            autoComplete="username"
            required
            aria-describedby={problem ? "login-problem" : undefined}
          />
        </label>
        <label className={styles["field"]}>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <p id="login-problem" className={styles["problem"]} role="alert">
          {problem}
        </p>
        <Button type="submit" variant="primary" disabled={isBusy}>
          {isBusy ? "Signing in…" : "Sign in"}
        </Button>
      </form>
    </main>
  );
}
