/** A menu of actions. Not modal: a modal one would inject a style element, which the Content-Security-Policy refuses. */

import * as Dropdown from "@radix-ui/react-dropdown-menu";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icons";
import styles from "./Menu.module.css";

interface MenuProps {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}

export function Menu({ trigger, children, align = "end" }: MenuProps) {
  return (
    <Dropdown.Root modal={false}>
      <Dropdown.Trigger asChild>{trigger}</Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content className={styles["menu"]} align={align} sideOffset={6} collisionPadding={8}>
          {children}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}

interface MenuItemProps {
  icon?: IconName;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, onSelect, children }: MenuItemProps) {
  return (
    <Dropdown.Item className={styles["item"]} onSelect={onSelect}>
      {icon ? <Icon name={icon} /> : null}
      <span className="truncate">{children}</span>
    </Dropdown.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Dropdown.Label className={styles["label"]}>{children}</Dropdown.Label>;
}

export function MenuSeparator() {
  return <Dropdown.Separator className={styles["separator"]} />;
}

interface MenuChoiceProps<Value extends string> {
  value: Value;
  options: readonly { value: Value; label: string; icon?: IconName }[];
  onChange: (value: Value) => void;
}

export function MenuChoice<Value extends string>({ value, options, onChange }: MenuChoiceProps<Value>) {
  return (
    <Dropdown.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)}>
      {options.map((option) => (
        <Dropdown.RadioItem key={option.value} value={option.value} className={styles["item"]}>
          {option.icon ? <Icon name={option.icon} /> : null}
          <span className="truncate">{option.label}</span>
          <Dropdown.ItemIndicator className={styles["indicator"]}>
            <Icon name="check" size={14} />
          </Dropdown.ItemIndicator>
        </Dropdown.RadioItem>
      ))}
    </Dropdown.RadioGroup>
  );
}
