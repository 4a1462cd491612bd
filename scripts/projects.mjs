/** The folders with a tsconfig.json of their own; together they hold every source file. */
export const projects = ['.', 'core', 'core/host', 'electron', 'renderer', 'test', 'scripts'];
