čeština
