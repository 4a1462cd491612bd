import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { start } from '../state/store.ts';

start();
const root = document.getElementById('studio');
if (root) createRoot(root).render(<App />);
