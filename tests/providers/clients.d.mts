export const LIBRARY: { id: string; secret: string }
export const APP: { id: string; secret: string }
export function person(login: string): { login: string; number: number; name: string; email: string }
