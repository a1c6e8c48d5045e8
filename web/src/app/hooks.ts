/** Small hooks that several pages need: the size of the window, the title of the document, keys of the whole page. */

import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (notify) => {
      const media = matchMedia(query);
      media.addEventListener("change", notify);
      return () => media.removeEventListener("change", notify);
    },
    () => matchMedia(query).matches,
  );
}

/** Too narrow for columns side by side. */
export function useIsNarrow(): boolean {
  return useMediaQuery("(max-width: 760px)");
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Spanwise" : `${title} · Spanwise`;
  }, [title]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Call `onPress` when a key is pressed anywhere but in a field. */
export function usePageKey(key: string, onPress: (event: KeyboardEvent) => void): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== key || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
    onPress(event);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handle(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
