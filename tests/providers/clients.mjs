/** What every played provider calls the two programs that people sign in with. */

/** The library that federates: it has a server to keep its secret on. */
export const LIBRARY = { id: 'the-library', secret: 'l1brary-s3cret' }

/** Sifter itself: a program that anybody can read. Its secret is none, where a provider insists on one. */
export const APP = { id: 'sifter-app', secret: 'app-n0t-so-secret' }

/** Whoever signs in has a name and a subject made of what they type. */
export function person(login) {
    const number = [...login].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7)
    return {
        login,
        number,
        name: `${login[0].toUpperCase()}${login.slice(1)} Doe`,
        email: `${login}@example.org`,
    }
}
