/** Who is signed in, the colours, and the way out. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { logout } from "@/api/client";
import { meQuery } from "@/api/queries";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from "@/components/Menu";
import styles from "./Shell.module.css";
import { useTheme } from "./theme";

const THEMES = [
  { value: "system", label: "As the system", icon: "screen" },
  { value: "light", label: "Light", icon: "sun" },
  { value: "dark", label: "Dark", icon: "moon" },
] as const;

export function AccountMenu() {
  const { data: me } = useQuery(meQuery);
  const [theme, setTheme] = useTheme();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  if (!me) return null;
  const leave = async () => {
    try {
      await logout();
    } finally {
      // Also when the server could not be reached: nothing of this viewer may stay on the screen.
      await navigate({ to: "/login" });
      queryClient.clear();
    }
  };
  const shown = me.user.name || me.user.email;
  return (
    <Menu
      trigger={
        <button type="button" className={styles["account"]} aria-label={`Account ${shown}`}>
          {initials(shown)}
        </button>
      }
    >
      <MenuLabel>{me.user.email}</MenuLabel>
      <MenuSeparator />
      <MenuLabel>Colours</MenuLabel>
      <MenuChoice value={theme} options={THEMES} onChange={setTheme} />
      <MenuSeparator />
      <MenuItem icon="exit" onSelect={() => void leave().catch(() => undefined)}>
        Sign out
      </MenuItem>
      <MenuLabel>Spanwise {me.version}</MenuLabel>
    </Menu>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => Array.from(word)[0]?.toUpperCase() ?? "")
    .join("");
}
