export declare const house: Readonly<Record<string, unknown>>; // tidy compares its keys with the folders of src
