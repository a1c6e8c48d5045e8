/** Buttons: quiet by default, `primary` once per view at most. Icon buttons always carry a name. */

import type { ComponentProps } from "react";
import styles from "./Button.module.css";
import { Icon, type IconName } from "./icons";

interface ButtonProps extends ComponentProps<"button"> {
  variant?: "plain" | "outline" | "primary";
  icon?: IconName;
}

export function Button({ variant = "outline", icon, className, children, ...rest }: ButtonProps) {
  const classes = [styles["button"], styles[variant], className].filter(Boolean).join(" ");
  return (
    <button type="button" {...rest} className={classes}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  icon: IconName;
  label: string;
}

export function IconButton({ icon, label, className, ...rest }: IconButtonProps) {
  const classes = [styles["icon"], className].filter(Boolean).join(" ");
  return (
    <button type="button" aria-label={label} title={label} {...rest} className={classes}>
      <Icon name={icon} />
    </button>
  );
}
