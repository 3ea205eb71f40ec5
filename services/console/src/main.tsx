import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './pages/app.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/runs.css';
import './styles/run.css';
import './styles/trace.css';
import './styles/rooms.css';
import './styles/anomalies.css';
import './styles/predictions.css';
import './styles/scheduling.css';

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
