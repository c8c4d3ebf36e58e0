import { createRoot } from 'react-dom/client';

const place = document.querySelector('main');
if (place !== null) createRoot(place).render(<h1>Hello</h1>);
